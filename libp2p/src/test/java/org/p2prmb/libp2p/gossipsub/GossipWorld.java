package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.sim.SimNetwork;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;

/// A simulated network of routers, which checks the invariants of each after every step.
final class GossipWorld implements SimNetwork.World<PeerId, Event, Action> {
    static final String TOPIC = "topic";
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration VALIDATION = Duration.ofMillis(1);

    private record Backoff(PeerId from, PeerId to) {}

    final SimNetwork<PeerId, Event, Action> network;
    final Map<PeerId, List<Bytes>> delivered = new HashMap<>();
    private final GossipConfig config;
    private final RandomGenerator random;
    private final SequencedMap<PeerId, GossipRouter> routers = new LinkedHashMap<>();
    private final Map<Backoff, Instant> backoffs = new HashMap<>();
    private int published;
    int copies;

    GossipWorld(RandomGenerator random, GossipConfig config) {
        this.random = random;
        this.config = config;
        this.network = new SimNetwork<>(random, START, this);
    }

    /// Nodes that are all connected with each other and subscribed to [#TOPIC].
    void complete(int count) {
        for (var number = 0; number < count; number++) {
            add(number);
        }
        for (var one : routers.keySet()) {
            for (var other : routers.keySet()) {
                if (one.compareTo(other) < 0) {
                    connect(one, other);
                }
            }
        }
        routers.keySet().forEach(node -> network.apply(node, new Event.Joined(TOPIC)));
    }

    /// Nodes in a ring, each connected with the next two.
    void ring(int count) {
        for (var number = 0; number < count; number++) {
            add(number);
        }
        for (var number = 0; number < count; number++) {
            connect(RouterRig.peer(number), RouterRig.peer((number + 1) % count));
            connect(RouterRig.peer(number), RouterRig.peer((number + 2) % count));
        }
        routers.keySet().forEach(node -> network.apply(node, new Event.Joined(TOPIC)));
    }

    PeerId add(int number) {
        var node = RouterRig.peer(number);
        var router = new GossipRouter(config, node, random, network.now());
        routers.put(node, router);
        delivered.put(node, new ArrayList<>());
        network.add(node, router);
        return node;
    }

    void connect(PeerId dialler, PeerId listener) {
        network.apply(dialler, new Event.Connected(listener, true, Bytes.EMPTY));
        network.apply(listener, new Event.Connected(dialler, false, Bytes.EMPTY));
        network.apply(dialler, new Event.Agreed(listener, GossipVersion.V1_2));
        network.apply(listener, new Event.Agreed(dialler, GossipVersion.V1_2));
    }

    void crash(PeerId node) {
        network.remove(node);
        routers.remove(node);
        backoffs.keySet().removeIf(pair -> pair.from.equals(node) || pair.to.equals(node));
        routers.keySet().forEach(other -> network.apply(other, new Event.Disconnected(node)));
    }

    List<PeerId> nodes() {
        return List.copyOf(routers.keySet());
    }

    int degree(PeerId node) {
        return router(node).mesh().of(TOPIC).size();
    }

    GossipRouter router(PeerId node) {
        return Objects.requireNonNull(routers.get(node));
    }

    PeerId anyNode() {
        var nodes = nodes();
        return nodes.get(random.nextInt(nodes.size()));
    }

    GossipMessage publish(PeerId author) {
        return publish(author, 100);
    }

    GossipMessage publish(PeerId author, int bytes) {
        var number = published++;
        var data = Bytes.wrap(new byte[bytes]);
        var message = new GossipMessage(RouterRig.id(number), author, number, TOPIC, data, data);
        network.apply(author, new Event.Published(message));
        return message;
    }

    @Override
    public void act(SimNetwork<PeerId, Event, Action> sim, PeerId node, Action action) {
        switch (action) {
            case Action.Send(var to, var rpc) -> send(node, to, rpc);
            case Action.Forward(var to, var message) -> {
                copies += to.size();
                to.forEach(peer -> sim.send(node, peer, received(node, Rpc.of(message))));
            }
            case Action.Validate(_, var message) ->
                    sim.local(node, VALIDATION, new Event.Validated(message.id(), Verdict.ACCEPT));
            case Action.Deliver(var message) -> log(node).add(message.id());
            case Action.Introduce _, Action.Meshed _, Action.Answer _, Action.Reach _ -> {}
        }
    }

    /// A stranger that plays by rules of its own.
    void attack(Attacker attacker) {
        network.add(attacker.self(), attacker);
    }

    private void send(PeerId from, PeerId to, Rpc rpc) {
        if (!routers.containsKey(from)) {
            network.send(from, to, received(from, rpc));
            return;
        }
        for (var topic : rpc.control().graft()) {
            var until = backoffs.getOrDefault(new Backoff(from, to), Instant.MIN);
            assertThat(network.now()).as("graft of %s by %s", topic, from).isAfterOrEqualTo(until);
        }
        for (var prune : rpc.control().prune()) {
            var until = network.now().plusSeconds(prune.backoffSeconds());
            backoffs.merge(new Backoff(from, to), until, GossipWorld::later);
        }
        network.send(from, to, received(from, rpc));
    }

    private static Event received(PeerId from, Rpc rpc) {
        return new Event.Received(from, rpc);
    }

    private List<Bytes> log(PeerId node) {
        return delivered.computeIfAbsent(node, _ -> new ArrayList<>());
    }

    @Override
    public void check(SimNetwork<PeerId, Event, Action> sim, PeerId node) {
        var router = routers.get(node);
        if (router == null) {
            return; // Whoever attacks has no limits.
        }
        router.mesh()
                .all()
                .forEach((topic, members) -> {
                    assertThat(router.peers().in(topic)).containsAll(members);
                    assertThat(members).doesNotContain(node);
                });
        var sizes = router.sizes();
        var limits = config.limits();
        assertThat(sizes.seen()).isLessThanOrEqualTo(limits.seenMax());
        assertThat(sizes.cached()).isLessThanOrEqualTo(limits.cacheMessagesMax());
        assertThat(sizes.promises()).isLessThanOrEqualTo(limits.promisesMax());
        assertThat(sizes.validations()).isLessThanOrEqualTo(limits.validationsMax());
        assertThat(sizes.backoffs()).isLessThanOrEqualTo(limits.backoffsMax());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
