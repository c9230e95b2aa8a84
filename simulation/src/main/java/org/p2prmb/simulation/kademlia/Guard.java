package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.Found;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Key;
import org.p2prmb.simulation.engine.Violation;

import java.util.List;

/// What may never happen, whatever the malicious do: each check ends the run when it fails.
final class Guard {
    private final Directory directory;
    private final Roles roles;

    /// How often each agent was lied to, and how often it asked somebody who was invented.
    private final int[] lies;

    private final int[] believed;

    Guard(Directory directory, Roles roles) {
        this.directory = directory;
        this.roles = roles;
        lies = new int[roles.seats()];
        believed = new int[roles.seats()];
    }

    /// An answer with invented peers goes to that agent.
    void lied(int asker) {
        lies[asker]++;
    }

    /// An agent asks a peer: of each answer it uses k peers at most, however many it names.
    void asks(int agent, KadPeer to) {
        if (isInvented(to)) {
            believed[agent]++;
            if (believed[agent] > lies[agent] * KademliaConfig.K) {
                throw new Violation(
                        "agent %d asked %d invented peers for %d answers"
                                .formatted(agent, believed[agent], lies[agent]));
            }
        }
    }

    private boolean isInvented(KadPeer peer) {
        return directory.number(peer.id()) >= roles.seats();
    }

    /// Who never answered is kept by nobody.
    void remembers(List<KadPeer> table) {
        for (var peer : table) {
            if (isInvented(peer)) {
                throw new Violation("an invented peer is in a table");
            }
        }
    }

    /// What a look-up returns is in the order of distances that are the agent's own arithmetic,
    /// and of peers that answered.
    void found(Key target, Found found) {
        if (found.closest().size() > KademliaConfig.K) {
            throw new Violation("more than k peers found");
        }
        Key before = null;
        for (var peer : found.closest()) {
            if (before != null && target.compareDistances(before, peer.key()) >= 0) {
                throw new Violation("the peers found are not in the order of their distances");
            }
            before = peer.key();
        }
        remembers(found.closest());
    }

    long lies() {
        return sum(lies);
    }

    long believed() {
        return sum(believed);
    }

    private static long sum(int[] counts) {
        long sum = 0;
        for (int count : counts) {
            sum += count;
        }
        return sum;
    }
}
