package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.protocols.statements.Canonical;

/// A revealed bid with what the seller thought of its bidder beforehand.
///
/// @param commit the bid's name in its window
@Pure
record Entrant(Bid bid, Bytes commit, Standing standing) {
    private static final String TIE_DOMAIN = "rmb/window-tie/1";

    /// Where it stands among equals, the smaller the better: SHA-256 over the [Canonical] list
    /// `"rmb/window-tie/1"`, seed, bidder's multihash, commit.
    Bytes tieKey(Bytes seed) {
        return Canonical.domain(TIE_DOMAIN)
                .bytes(seed)
                .bytes(bid.bidder().multihash())
                .bytes(commit)
                .sha256();
    }
}
