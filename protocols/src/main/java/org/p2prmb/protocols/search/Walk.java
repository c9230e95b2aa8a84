package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.core.Pure;

/// A query that was sent on with a number of steps, and the steps that it has left when it ends.
///
/// @param sent steps that went with it
/// @param left steps that take another way; none while nothing was heard
@Pure
record Walk(int sent, int left) {
    /// With so many agents asked, also a step to somebody who knew the query is one, or a crowd
    /// that claims to know it would send each query through all neighbours.
    private static final int FREE_MAX = 16;

    static Walk of(int sent) {
        return new Walk(sent, 0);
    }

    /// @param asked how many agents the query was sent to from here
    Walk answered(SearchAnswer answer, int asked) {
        return new Walk(
                sent,
                answer.repeated() && asked <= FREE_MAX
                        ? sent + 1
                        : Math.min(sent, answer.hopsLeft()));
    }
}
