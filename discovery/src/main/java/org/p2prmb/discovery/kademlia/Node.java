package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

@Pure
final class Node {
    Node(PeerId self, KademliaConfig config, Validators validators, RandomGenerator random) {}

    void on(Instant now, Event event, List<Action> actions) {}

    void tick(Instant now, List<Action> actions) {}

    Instant nextTick() {
        return Instant.MAX;
    }
}
