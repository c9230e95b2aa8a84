package org.p2prmb.protocols.reputation;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Everybody of whom a book holds reports, so bounded by these, and ourselves.
@Pure
final class Reporters {
    private final Reporter self;
    private final Map<PeerId, Reporter> all = new HashMap<>();

    /// Those that were compared at least once.
    private final Map<PeerId, Reporter> compared = new HashMap<>();

    Reporters(PeerId self) {
        this.self = new Reporter(self);
        all.put(self, this.self);
    }

    Reporter self() {
        return self;
    }

    @Nullable Reporter find(PeerId peer) {
        return all.get(peer);
    }

    Collection<Reporter> compared() {
        return compared.values();
    }

    /// One more report of this reporter is held.
    Reporter hold(PeerId peer) {
        var reporter = all.computeIfAbsent(peer, Reporter::new);
        reporter.count(1);
        return reporter;
    }

    /// One less is.
    void release(Reporter reporter) {
        reporter.count(-1);
        if (reporter.reports() == 0 && reporter != self) {
            all.remove(reporter.peer());
        }
    }

    void agreed(Reporter reporter, int agree, int disagree) {
        var before = reporter.wasCompared();
        reporter.agreed(agree, disagree);
        if (before && !reporter.wasCompared()) {
            compared.remove(reporter.peer());
        } else if (!before && reporter.wasCompared()) {
            compared.put(reporter.peer(), reporter);
        }
    }
}
