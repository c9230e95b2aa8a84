package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.sim.Faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.random.RandomGenerator;

/// Whole networks of routers, one thread, one seed each.
final class GossipSimulationTest {
    private static final int NODES = 20;
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final GossipConfig QUIET_PUBLISH =
            GossipConfig.defaults().withFloodPublish(false);

    private static GossipWorld settled(RandomGenerator random, GossipConfig config) {
        var world = new GossipWorld(random, config);
        world.complete(NODES);
        world.network.run(SETTLE);
        return world;
    }

    /// Publishes from random nodes, one message each 100 ms.
    private static List<GossipMessage> publish(GossipWorld world, int count) {
        var messages = new ArrayList<GossipMessage>();
        for (var number = 0; number < count; number++) {
            messages.add(world.publish(world.anyNode()));
            world.network.run(Duration.ofMillis(100));
        }
        return messages;
    }

    private static void allDeliveredOnce(GossipWorld world, List<GossipMessage> messages) {
        for (var node : world.nodes()) {
            var expected = new HashSet<Bytes>();
            messages.stream()
                    .filter(message -> !message.from().equals(node))
                    .forEach(message -> expected.add(message.id()));
            assertThat(world.delivered.get(node))
                    .doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void everyNodeDeliversEachMessageOnce() {
        Seeds.forEach(
                100,
                random -> {
                    var world = settled(random, QUIET_PUBLISH);
                    var messages = publish(world, 10);
                    world.network.run(SETTLE);
                    allDeliveredOnce(world, messages);
                });
    }

    @Test
    void lossDuplicationAndReorderingDoNoHarm() {
        Seeds.forEach(
                100,
                random -> {
                    var world = settled(random, QUIET_PUBLISH);
                    world.network.faults(Faults.MANY);
                    var messages = publish(world, 20);
                    world.network.run(SETTLE);
                    allDeliveredOnce(world, messages);
                });
    }

    @Test
    void whatTheMeshLostIsRepairedByGossip() {
        var heavy = new Faults(0.7, 0, 0, Duration.ofMillis(1), Duration.ofMillis(20));
        Seeds.forEach(
                100,
                random -> {
                    var world = settled(random, QUIET_PUBLISH);
                    world.network.faults(heavy);
                    var messages = new ArrayList<GossipMessage>();
                    for (var number = 0; number < 10; number++) {
                        messages.add(world.publish(world.anyNode()));
                    }
                    // Long enough for all hops, too short for the next heartbeat.
                    world.network.run(Duration.ofMillis(80));
                    world.network.faults(Faults.NONE);
                    world.network.run(SETTLE);
                    allDeliveredOnce(world, messages);
                });
    }

    @Test
    void aRingOfTenDeliversOverSeveralHops() {
        Seeds.forEach(
                50,
                random -> {
                    var world = new GossipWorld(random, QUIET_PUBLISH);
                    world.ring(10);
                    world.network.run(SETTLE);
                    var messages = publish(world, 10);
                    world.network.run(SETTLE);
                    allDeliveredOnce(world, messages);
                });
    }

    @Test
    void theMeshKeepsItsDegreeWhileNodesComeAndGo() {
        Seeds.forEach(
                50,
                random -> {
                    var world = settled(random, QUIET_PUBLISH);
                    for (var round = 0; round < 5; round++) {
                        world.crash(world.anyNode());
                        var newcomer = world.add(100 + round);
                        world.nodes().stream()
                                .filter(node -> !node.equals(newcomer))
                                .forEach(node -> world.connect(newcomer, node));
                        world.network.apply(newcomer, new Event.Joined(GossipWorld.TOPIC));
                        world.network.run(Duration.ofSeconds(3));
                    }
                    world.network.run(SETTLE);
                    var degrees = QUIET_PUBLISH.degrees();
                    for (var node : world.nodes()) {
                        assertThat(world.degree(node)).isBetween(degrees.low(), degrees.high());
                    }
                });
    }

    @Test
    void afterAPartitionHealsBothSidesHearEachOtherAgain() {
        Seeds.forEach(
                50,
                random -> {
                    var world = settled(random, QUIET_PUBLISH);
                    var left = new HashSet<>(world.nodes().subList(0, NODES / 2));
                    world.network.partition((a, b) -> left.contains(a) == left.contains(b));
                    publish(world, 5);
                    world.network.run(SETTLE);
                    world.network.heal();
                    world.network.run(SETTLE);
                    world.delivered.values().forEach(List::clear);
                    var after = publish(world, 5);
                    world.network.run(SETTLE);
                    allDeliveredOnce(world, after);
                });
    }

    @Test
    void censorsInTheMeshCannotKeepAMessageFromAnyone() {
        Seeds.forEach(
                50,
                random -> {
                    var world = settled(random, QUIET_PUBLISH);
                    // A third of the nodes stay in every mesh but say nothing any more.
                    var censors = new HashSet<>(world.nodes().subList(0, NODES / 3));
                    world.network.partition((from, _) -> !censors.contains(from));
                    var messages = new ArrayList<GossipMessage>();
                    for (var number = 0; number < 5; number++) {
                        messages.add(world.publish(honest(world, censors)));
                        world.network.run(Duration.ofMillis(100));
                    }
                    world.network.run(SETTLE);
                    censors.forEach(world::crash);
                    allDeliveredOnce(world, messages);
                });
    }

    private static PeerId honest(GossipWorld world, HashSet<PeerId> censors) {
        return world.nodes().stream()
                .filter(node -> !censors.contains(node))
                .findAny()
                .orElseThrow();
    }
}
