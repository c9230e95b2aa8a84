package org.p2prmb.simulation.search;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;

/// How one agent's [Memory] fills, and who is told of whose death for it.
final class Recollection {
    private final World world;
    private final int self;
    private final Memory memory = new Memory();

    Recollection(World world, int self) {
        this.world = world;
        this.self = self;
    }

    Memory memory() {
        return memory;
    }

    /// @param secret whether only our own owner asked for it
    void remember(SignedContact record, boolean secret, Instant now) {
        if (!world.isGenuine(record)) {
            world.ledger().forged();
        }
        int agent = world.number(record.peer());
        if (agent == self) {
            return;
        }
        int evicted = memory.put(agent, record, secret, now);
        if (world.isDead(agent)) {
            world.notices().holdsDead(self, agent);
        } else {
            world.notices().holds(self, agent);
        }
        if (evicted >= 0) {
            world.notices().dropped(self, evicted);
        }
    }

    void forget(int agent) {
        memory.forget(agent);
        world.notices().dropped(self, agent);
    }

    /// The keys of the tags that the agent can answer.
    List<Bytes> tagKeys() {
        var keys = new LinkedHashSet<Bytes>();
        world.record(self)
                .record()
                .offerings()
                .forEach(offering -> keys.add(SearchCondition.tagKey(offering.tag())));
        memory.tags().forEach(tag -> keys.add(SearchCondition.tagKey(tag)));
        return List.copyOf(keys);
    }
}
