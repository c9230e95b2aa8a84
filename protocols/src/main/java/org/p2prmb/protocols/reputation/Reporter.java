package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

/// Somebody whose reports are held: one object for all of them, so that files need not look it up.
@Pure
final class Reporter {
    private final PeerId peer;
    private final long order;
    private int agree;
    private int disagree;
    private int reports;

    Reporter(PeerId peer) {
        this.peer = peer;
        order = Filed.order(peer);
    }

    PeerId peer() {
        return peer;
    }

    boolean wrote(Filed filed) {
        return filed.order() == order && filed.reporter().equals(peer);
    }

    Agreement agreement() {
        return new Agreement(agree, disagree);
    }

    boolean wasCompared() {
        return agree + disagree > 0;
    }

    void agreed(int more, int moreDisagreed) {
        agree += more;
        disagree += moreDisagreed;
    }

    /// How many reports of its are held.
    int reports() {
        return reports;
    }

    void count(int by) {
        reports += by;
    }
}
