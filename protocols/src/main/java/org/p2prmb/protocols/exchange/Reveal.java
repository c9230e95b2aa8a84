package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

/// A bidder shows its bid, once the seller can change nothing any more.
public record Reveal(Bytes window, Bid bid) implements WindowStatement {
    /// Throws `IllegalArgumentException` when the window's id is not 32 bytes.
    public Reveal {
        Hashes.require(window, "a window's id");
    }

    @Override
    public PeerId author() {
        return bid.bidder();
    }

    public Bytes commit() {
        return bid.commit(window);
    }
}
