package org.p2prmb.simulation.liveness;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Watchers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All [Liar]s of a network: they share their votes over channels of their own, and wherever they
/// are a majority of somebody's watchers they make an obituary that is valid.
final class Conspiracy {
    private static final class Plot {
        private final SignedLease lease;
        private final Map<PeerId, Liar> liars = new LinkedHashMap<>();
        private final List<SignedVote> votes = new ArrayList<>();

        Plot(SignedLease lease) {
            this.lease = lease;
        }
    }

    private final Map<PeerId, Plot> plots = new LinkedHashMap<>();
    private long obituaries;

    /// How many valid obituaries of living agents were made.
    long obituaries() {
        return obituaries;
    }

    void plot(SignedLease lease, Watchers watchers, Liar liar, SignedVote vote) {
        var known = plots.get(lease.peer());
        if (known == null || known.lease.lease().sequence() < lease.lease().sequence()) {
            known = new Plot(lease);
            plots.put(lease.peer(), known);
        }
        if (known.lease.lease().sequence() > lease.lease().sequence()
                || known.liars.putIfAbsent(liar.self(), liar) != null) {
            return;
        }
        known.votes.add(vote);
        if (lease.lease().isWatched() && known.votes.size() == lease.lease().quorum()) {
            obituaries++;
            var obituary = new Obituary(known.lease, watchers, known.votes);
            known.liars.values().stream().filter(Liar::isUp).forEach(one -> one.spread(obituary));
        }
    }
}
