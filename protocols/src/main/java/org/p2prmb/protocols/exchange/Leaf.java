package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;

/// One commit as the seller took it: whose it is, and what the seller thought of that one.
///
/// The bidder is in it so that who copies another's commit takes nothing from it.
public record Leaf(Bytes commit, PeerId bidder, Standing standing) {
    private static final String DOMAIN = "rmb/window-leaf/1";

    /// Throws `IllegalArgumentException` when the commit is not 32 bytes.
    public Leaf {
        Hashes.require(commit, "a commit");
    }

    /// SHA-256 over the [Canonical] list `"rmb/window-leaf/1"`, commit, bidder's multihash,
    /// reputation, 1 for a newcomer or 0, bond.
    public Bytes hash() {
        return Canonical.domain(DOMAIN)
                .bytes(commit)
                .bytes(bidder.multihash())
                .number(standing.reputation())
                .number(standing.newcomer() ? 1 : 0)
                .number(standing.bond())
                .sha256();
    }
}
