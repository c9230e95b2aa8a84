package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

/// A bidder takes part in a window with a bid that it does not show yet.
///
/// @param commit [Bid#commit] of the bid
/// @param stamp what the bidder's identity cost ([org.p2prmb.protocols.reputation.Stamp]); 0 where
///     the network asks for none
public record Commit(PeerId bidder, Bytes window, Bytes commit, long stamp)
        implements WindowStatement {
    /// Throws `IllegalArgumentException` when a part is not 32 bytes.
    public Commit {
        Hashes.require(window, "a window's id");
        Hashes.require(commit, "a commit");
    }

    @Override
    public PeerId author() {
        return bidder;
    }
}
