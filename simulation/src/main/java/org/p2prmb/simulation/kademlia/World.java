package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.Found;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Validators;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// What all agents of a run share.
///
/// @param roles who is what
/// @param guard checks what may never happen
/// @param ledger hears what came of the queries
record World(
        Directory directory,
        Roles roles,
        KademliaConfig config,
        Validators validators,
        Guard guard,
        Ledger ledger)
        implements KadWorld {
    /// Bootstrap peers that a newcomer is told of.
    private static final int ENTRANCES = 2;

    private static final int NOBODY = -1;

    @Override
    public int reachable(KadPeer peer) {
        int number = directory.number(peer.id());
        if (number < 0 || number >= roles.seats()) {
            return NOBODY;
        }
        var address = directory.peer(number).addresses().getFirst();
        return peer.addresses().contains(address) ? number : NOBODY;
    }

    @Override
    public Set<Integer> entrances(int agent, RandomGenerator random) {
        var chosen = new LinkedHashSet<Integer>();
        if (roles.isSybil(agent)) {
            chosen.add(Roles.VICTIM);
            return chosen;
        }
        int others = roles.bootstraps() - (roles.isBootstrap(agent) ? 1 : 0);
        while (chosen.size() < Math.min(ENTRANCES, others)) {
            int peer = roles.anyBootstrap(random);
            if (peer != agent) {
                chosen.add(peer);
            }
        }
        return chosen;
    }

    @Override
    public KadMessage shared(KadMessage message) {
        if (message.closer().isEmpty() && message.providers().isEmpty()) {
            return message;
        }
        return message.answeredWith(
                message.record(), shared(message.closer()), shared(message.providers()));
    }

    private List<KadPeer> shared(List<KadPeer> peers) {
        return peers.stream().map(directory::shared).toList();
    }

    @Override
    public KadPeer peer(int number) {
        return directory.peer(number);
    }

    @Override
    public boolean keeps(int agent, int peer) {
        return false;
    }

    @Override
    public boolean insists(int agent) {
        return roles.isSybil(agent);
    }

    @Override
    public void asks(int agent, KadPeer to) {
        guard.asks(agent, to);
    }

    @Override
    public void ended(int agent, long queryId, Found found) {
        ledger.ended(agent, queryId, found);
    }

    @Override
    public void remembers(List<KadPeer> peers) {
        guard.remembers(peers);
    }
}
