package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

/// A seller took a commit, and says what it thinks of the bidder while it knows no price.
///
/// @param count how many commits it had taken then, this one included: a root over fewer is a lie
///     that needs no other proof
public record Receipt(PeerId seller, Bytes window, Leaf leaf, int count)
        implements WindowStatement {
    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Receipt {
        Hashes.require(window, "a window's id");
        Limits.require(
                count >= 1 && count <= WindowRoot.COUNT_MAX,
                "a receipt counts 1 to %d commits".formatted(WindowRoot.COUNT_MAX));
    }

    @Override
    public PeerId author() {
        return seller;
    }
}
