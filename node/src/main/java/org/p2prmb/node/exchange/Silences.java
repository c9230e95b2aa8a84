package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.Reveal;
import org.p2prmb.protocols.exchange.Signed;

import java.util.Collection;
import java.util.List;

/// Remembers who lets the other side of a window wait for nothing: sellers without a receipt, a
/// root or a result, who may dislike the winners, and bidders that do not show their bids.
final class Silences {
    /// It may be our own silence, too.
    private static final int LEAST = 4;

    private static final int ONE_IN = 2;

    private final Misfortunes silences = new Misfortunes(LEAST, ONE_IN);
    private final Surroundings.Grievances grievances;

    Silences(Surroundings.Grievances grievances) {
        this.grievances = grievances;
    }

    /// These bidders showed their bids.
    void heard(List<Signed<Reveal>> bids) {
        bids.forEach(bid -> note(bid.statement().author(), false));
    }

    /// These did not.
    void silent(Collection<PeerId> bidders) {
        bidders.forEach(bidder -> note(bidder, true));
    }

    /// One more window with this peer.
    void note(PeerId peer, boolean silent) {
        if (silences.note(peer, silent)) {
            grievances.doubted(peer);
        }
    }
}
