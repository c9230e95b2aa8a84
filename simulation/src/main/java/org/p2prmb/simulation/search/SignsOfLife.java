package org.p2prmb.simulation.search;

import org.p2prmb.protocols.search.QueryId;
import org.p2prmb.protocols.search.SearchMachine.Event;
import org.p2prmb.protocols.statements.SignedContact;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The pings of one agent, and the looks into its memory that wait for them.
final class SignsOfLife {
    private final World world;
    private final Map<Long, Pinging> pinging = new HashMap<>();
    private final Map<QueryId, Looking> looking = new HashMap<>();

    /// @param lookup whether a look into our memory waits for it, or else our own search
    record Pinging(int agent, QueryId id, boolean lookup) {}

    private static final class Looking {
        private final List<SignedContact> own;
        private final List<SignedContact> living;
        private int waits;

        Looking(List<SignedContact> own, List<SignedContact> living, int waits) {
            this.own = own;
            this.living = new ArrayList<>(living);
            this.waits = waits;
        }
    }

    SignsOfLife(World world) {
        this.world = world;
    }

    void pinged(long stream, Pinging ping) {
        pinging.put(stream, ping);
    }

    /// A look into memory waits for so many signs of life.
    void awaits(QueryId id, List<SignedContact> own, List<SignedContact> living, int waits) {
        looking.put(id, new Looking(own, living, waits));
    }

    /// The ping on that stream, which now is over.
    Optional<Pinging> over(long stream) {
        return Optional.ofNullable(pinging.remove(stream));
    }

    /// What the machine is to hear of it, if anything yet.
    Optional<Event> heard(Pinging ping, boolean alive) {
        if (!ping.lookup()) {
            var peer = world.population().peer(ping.agent());
            return Optional.of(new Event.Verified(ping.id(), peer, alive));
        }
        var look = looking.get(ping.id());
        if (look == null) {
            return Optional.empty();
        }
        if (alive) {
            look.living.add(world.record(ping.agent()));
        }
        if (--look.waits > 0) {
            return Optional.empty();
        }
        looking.remove(ping.id());
        return Optional.of(new Event.Found(ping.id(), look.own, look.living));
    }
}
