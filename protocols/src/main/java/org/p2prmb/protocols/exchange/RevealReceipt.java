package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

/// A seller has the bid behind a commit, in time.
public record RevealReceipt(PeerId seller, Bytes window, PeerId bidder, Bytes commit)
        implements WindowStatement {
    /// Throws `IllegalArgumentException` when a part is not 32 bytes.
    public RevealReceipt {
        Hashes.require(window, "a window's id");
        Hashes.require(commit, "a commit");
    }

    @Override
    public PeerId author() {
        return seller;
    }
}
