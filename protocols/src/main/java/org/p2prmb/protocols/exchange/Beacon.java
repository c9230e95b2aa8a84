package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.time.Instant;
import java.util.regex.Pattern;

/// A block that nobody knew when the root of a window was due: chance that no side has.
///
/// @param chain its CAIP-2 name: 1 to 64 letters, digits, `-`, `_` and `:`
/// @param hash 32 bytes
/// @param time what the block itself says
public record Beacon(String chain, long height, Bytes hash, Instant time) {
    private static final Pattern CHAIN = Pattern.compile("[-_a-zA-Z0-9:]{1,64}");

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Beacon {
        requireChain(chain);
        Limits.require(height >= 0, "a block's height is negative");
        Hashes.require(hash, "a block's hash");
        Limits.millis(time, "a block's time");
    }

    static void requireChain(String chain) {
        Limits.require(
                CHAIN.matcher(chain).matches(),
                "a chain's name is 1 to 64 letters, digits, '-', '_' and ':'");
    }
}
