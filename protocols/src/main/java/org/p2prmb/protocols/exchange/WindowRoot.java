package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

/// The seller took these commits and no others.
///
/// @param root of the tree over the [Leaf]s in the order of their bidders
/// @param count of the leaves
public record WindowRoot(PeerId seller, Bytes window, Bytes root, int count)
        implements WindowStatement {
    /// How many commits a window takes.
    public static final int COUNT_MAX = 256;

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public WindowRoot {
        Hashes.require(window, "a window's id");
        Hashes.require(root, "a root");
        Limits.require(
                count >= 0 && count <= COUNT_MAX,
                "a root covers at most %d commits".formatted(COUNT_MAX));
    }

    @Override
    public PeerId author() {
        return seller;
    }
}
