package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;

/// What a wallet knows of a chain before it asks a node.
///
/// @param coin what people call the chain's own coin, which has 18 decimals
/// @param contract where the contract of the locks is, see `Htlc.sol`; empty until there is one,
///     and so long nothing can be locked
/// @param tokens the ERC-20 tokens that may be swapped; none that keep a part of a transfer or
///     change balances
/// @param gasAccounts how many locks may be open at a time; each needs an account with gas for its
///     refund, and one more for redeems
/// @param blockTime between two blocks
/// @param confirm until a transaction is in a block at the worst, under rising fees
/// @param tip for a unit of gas on an ordinary day
public record EvmSettings(
        long chainId,
        String coin,
        Bytes contract,
        List<Asset> tokens,
        int gasAccounts,
        Duration blockTime,
        Duration confirm,
        BigInteger tip) {
    private static final int TOKENS_MAX = 100;
    private static final int GAS_ACCOUNTS_MAX = 16;
    private static final int COIN_DECIMALS = 18;
    private static final int TIP_BITS_MAX = 50;

    public EvmSettings {
        Limits.require(chainId > 0, "a chain has a number");
        Limits.require(
                contract.size() == EvmKey.ADDRESS_BYTES || contract.size() == 0,
                "a contract has 20 bytes");
        Limits.count(tokens, TOKENS_MAX, "tokens");
        tokens = List.copyOf(tokens);
        for (var token : tokens) {
            Limits.require(
                    token.chain().equals(chain(chainId))
                            && token.token().size() == EvmKey.ADDRESS_BYTES,
                    "a token is a contract of this chain");
        }
        Limits.require(
                gasAccounts > 0 && gasAccounts <= GAS_ACCOUNTS_MAX, "1 to 16 accounts hold gas");
        Limits.require(blockTime.isPositive() && confirm.isPositive(), "a chain takes its time");
        Limits.require(
                tip.signum() > 0 && tip.bitLength() <= TIP_BITS_MAX, "a tip is 1 to 2^50 units");
    }

    public static String chain(long chainId) {
        return "eip155:" + chainId;
    }

    public String chain() {
        return chain(chainId);
    }

    public Asset feeAsset() {
        return new Asset(chain(), coin, Bytes.EMPTY, COIN_DECIMALS);
    }

    boolean knows(Asset asset) {
        return asset.equals(feeAsset()) || tokens.contains(asset);
    }
}
