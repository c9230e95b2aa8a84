package org.p2prmb.discovery.kademlia;

import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// When the table has changed so that it should be kept for the next run; tells who stands in it.
@Pure
final class Remembering {
    /// So that the changes that follow the first are kept with it.
    private static final Duration AFTER = Duration.ofSeconds(2);

    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final RoutingTable table;
    private long changes;
    private long told;
    private Instant last = Instant.EPOCH;
    private Instant next = Instant.MAX;

    Remembering(RoutingTable table) {
        this.table = table;
    }

    /// The table may have changed.
    void plan(Instant now, List<Action> actions) {
        if (table.changes() != told) {
            told = table.changes();
            actions.add(new Action.TableChanged(List.copyOf(table.all())));
        }
        if (next.equals(Instant.MAX) && table.changes() != changes) {
            var soon = now.plus(AFTER);
            var allowed = last.plus(INTERVAL);
            next = soon.isBefore(allowed) ? allowed : soon;
        }
    }

    /// Whether the table is to be kept now; if so, it counts as kept.
    boolean isDue(Instant now) {
        if (now.isBefore(next)) {
            return false;
        }
        next = Instant.MAX;
        last = now;
        changes = table.changes();
        return true;
    }

    Instant next() {
        return next;
    }
}
