package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

/// How a window ended, for the topic: the hash of the [WindowResult], which is fetched.
///
/// @param resultHash a hash of its bytes, see [PublishedResult]
/// @param resultBytes how many it has
public record ResultNotice(PeerId seller, Bytes window, Bytes resultHash, int resultBytes)
        implements WindowStatement {
    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public ResultNotice {
        Hashes.require(window, "a window's id");
        Hashes.require(resultHash, "a result's hash");
        Limits.require(
                resultBytes >= 1 && resultBytes <= WindowResult.BYTES_MAX,
                "a result has 1 to %d bytes".formatted(WindowResult.BYTES_MAX));
    }

    @Override
    public PeerId author() {
        return seller;
    }
}
