package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

/// A coin on a chain.
///
/// @param chain the chain's CAIP-2 name, such as `eip155:31337`: coins of one name on two chains
///     are two assets
/// @param coin what people call it: `BTC`, `TFT`
/// @param token where its contract is; empty for the chain's own coin
/// @param decimals digits behind the point: 1 coin is 10^decimals units
public record Asset(String chain, String coin, Bytes token, int decimals) {
    /// More digits no chain that we know has.
    public static final int DECIMALS_MAX = 18;

    private static final int CHAIN_MAX = 64;
    private static final int COIN_MAX = 12;
    private static final int TOKEN_BYTES_MAX = 64;

    public Asset {
        Limits.require(
                chain.length() <= CHAIN_MAX && chain.matches("[-a-z0-9]+:[-_a-zA-Z0-9]+"),
                "a chain has a CAIP-2 name of at most 64 characters");
        Limits.require(
                coin.length() <= COIN_MAX && coin.matches("[A-Z0-9]+"),
                "a coin's name is up to 12 capital letters and digits");
        Limits.require(token.size() <= TOKEN_BYTES_MAX, "a token's address is too long");
        Limits.require(decimals >= 0 && decimals <= DECIMALS_MAX, "a coin has 0 to 18 decimals");
    }

    /// Adds its four parts, in their order.
    public Canonical into(Canonical fields) {
        return fields.text(chain).text(coin).bytes(token).number(decimals);
    }

    @Override
    public String toString() {
        return coin;
    }
}
