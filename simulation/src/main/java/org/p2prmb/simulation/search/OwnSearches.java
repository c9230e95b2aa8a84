package org.p2prmb.simulation.search;

import org.p2prmb.protocols.search.QueryId;
import org.p2prmb.protocols.search.SearchMachine.Action;
import org.p2prmb.protocols.search.SearchQuery;
import org.p2prmb.simulation.engine.Simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The searches of one agent's owner that run, until the [Ledger] hears what became of them.
final class OwnSearches {
    private final World world;
    private final Simulation simulation;
    private final Map<Long, Seeking> seeking = new HashMap<>();

    private static final class Seeking {
        private final QueryId id;
        private final long beganMicros;
        private final boolean measured;
        private final boolean eclipsed;
        private Ledger.Stage stage = Ledger.Stage.MEMORY;
        private boolean found;
        private boolean stale;
        private boolean probedDead;

        Seeking(QueryId id, long beganMicros, boolean measured, boolean eclipsed) {
            this.id = id;
            this.beganMicros = beganMicros;
            this.measured = measured;
            this.eclipsed = eclipsed;
        }
    }

    OwnSearches(World world) {
        this.world = world;
        this.simulation = world.simulation();
    }

    void begin(long askId, QueryId id, boolean eclipsed) {
        var micros = simulation.elapsedMicros();
        seeking.put(askId, new Seeking(id, micros, world.ledger().isMeasuring(), eclipsed));
    }

    private Optional<Seeking> find(QueryId id) {
        return seeking.values().stream().filter(search -> search.id.equals(id)).findFirst();
    }

    /// The query goes out to somebody.
    void asks(SearchQuery query) {
        find(query.id())
                .filter(search -> search.stage != Ledger.Stage.DHT)
                .ifPresent(search ->
                        search.stage =
                                query.hopsLeft() == 0
                                        ? Ledger.Stage.NEIGHBOURS
                                        : Ledger.Stage.WALKS);
    }

    void asksDht(QueryId id) {
        find(id).ifPresent(search -> search.stage = Ledger.Stage.DHT);
    }

    /// An agent is asked for a sign of life.
    void probes(QueryId id, int agent) {
        if (world.isDead(agent)) {
            find(id).ifPresent(search -> search.probedDead = true);
        }
    }

    /// The query of one of the searches, if it is one.
    Optional<QueryId> query(long askId) {
        return Optional.ofNullable(seeking.get(askId)).map(search -> search.id);
    }

    /// The owner hears of results.
    ///
    /// @param chain what led to them
    void replied(Action.Reply act, Chain chain) {
        var search = seeking.get(act.askId());
        if (search == null) {
            return;
        }
        for (var record : act.answer().records()) {
            int provider = world.number(record.peer());
            if (!world.isGenuine(record)) {
                world.ledger().forged();
            }
            search.found |= !world.isDead(provider);
            search.stale |= world.wasDeadAt(provider, search.beganMicros);
        }
        if (act.last()) {
            seeking.remove(act.askId());
            world.ledger().ended(outcome(search, chain));
        }
    }

    private Ledger.Outcome outcome(Seeking search, Chain chain) {
        return new Ledger.Outcome(
                search.measured,
                search.eclipsed,
                search.found,
                search.stale,
                search.probedDead,
                search.found ? search.stage : Ledger.Stage.NOWHERE,
                chain,
                (simulation.elapsedMicros() - search.beganMicros) / 1_000);
    }
}
