package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Networks under attack, in virtual time: two silent sybils to each honest router, or a few that
/// flood.
final class GossipAttackTest {
    private static final int HONEST = 20;
    private static final int SILENT = 40;
    private static final int FLOODING = 4;
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final double DELIVERED_LEAST = 0.99;
    private static final GossipConfig CONFIG = GossipConfig.defaults();

    private static List<PeerId> attackers(GossipWorld world, Attacker.Kind kind) {
        return attackers(world, kind == Attacker.Kind.SILENT ? SILENT : FLOODING, kind);
    }

    private static List<PeerId> attackers(GossipWorld world, int count, Attacker.Kind kind) {
        var attackers = new ArrayList<PeerId>();
        for (var number = 0; number < count; number++) {
            var self = RouterRig.peer(1_000 + number);
            world.attack(new Attacker(self, kind, world.network.now()));
            attackers.add(self);
        }
        return attackers;
    }

    private static void dial(GossipWorld world, List<PeerId> attackers, List<PeerId> victims) {
        attackers.forEach(attacker -> victims.forEach(victim -> world.connect(attacker, victim)));
    }

    /// The share of `listeners` and messages, of 20 in 20 seconds, that came together within five.
    private static double delivered(GossipWorld world, List<PeerId> listeners) {
        var messages = new ArrayList<GossipMessage>();
        for (var number = 0; number < 20; number++) {
            messages.add(world.publish(world.anyNode()));
            world.network.run(Duration.ofSeconds(1));
        }
        world.network.run(SETTLE);
        var wanted = 0;
        var came = 0;
        for (var listener : listeners) {
            for (var message : messages) {
                if (!message.from().equals(listener)) {
                    wanted++;
                    came += world.delivered.get(listener).contains(message.id()) ? 1 : 0;
                }
            }
        }
        return (double) came / wanted;
    }

    private static void holds(int runs, RandomSetting setting) {
        Seeds.forEach(
                runs,
                random -> {
                    var world = new GossipWorld(random, CONFIG);
                    var listeners = setting.of(world, random);
                    assertThat(delivered(world, listeners)).isGreaterThan(DELIVERED_LEAST);
                });
    }

    private interface RandomSetting {
        List<PeerId> of(GossipWorld world, RandomGenerator random);
    }

    @ParameterizedTest
    @EnumSource
    void sybilsThatComeToASettledNetworkDoNotStopIt(Attacker.Kind kind) {
        holds(
                2,
                (world, _) -> {
                    world.complete(HONEST);
                    world.network.run(SETTLE);
                    dial(world, attackers(world, kind), world.nodes());
                    world.network.run(SETTLE);
                    return world.nodes();
                });
    }

    @ParameterizedTest
    @EnumSource
    void sybilsThatWereThereFirstDoNotKeepTheHonestApart(Attacker.Kind kind) {
        holds(
                2,
                (world, _) -> {
                    for (var number = 0; number < HONEST; number++) {
                        var node = world.add(number);
                        world.network.apply(node, new Event.Joined(GossipWorld.TOPIC));
                    }
                    dial(world, attackers(world, kind), world.nodes());
                    world.network.run(SETTLE);
                    var nodes = world.nodes();
                    for (var number = 0; number < HONEST; number++) {
                        for (var other = number + 1; other < HONEST; other++) {
                            world.connect(nodes.get(number), nodes.get(other));
                        }
                    }
                    world.network.run(SETTLE);
                    return nodes;
                });
    }

    /// The victim dialled three honest peers, and sixty sybils dialled the victim.
    @Test
    void aVictimSurroundedBySybilsHearsThroughThePeersThatItDialled() {
        holds(
                5,
                (world, random) -> {
                    world.complete(HONEST);
                    var nodes = world.nodes();
                    var victim = world.add(500);
                    world.network.apply(victim, new Event.Joined(GossipWorld.TOPIC));
                    dial(world, attackers(world, 60, Attacker.Kind.SILENT), List.of(victim));
                    world.network.run(SETTLE);
                    random.ints(0, HONEST)
                            .distinct()
                            .limit(3)
                            .forEach(number -> world.connect(victim, nodes.get(number)));
                    world.network.run(SETTLE);
                    return List.of(victim);
                });
    }

    /// A third of the routers behave for a minute, and then forward nothing and say nothing.
    @Test
    void peersThatTurnSilentAllAtOnceDoNotStopTheNetwork() {
        Seeds.forEach(
                3,
                random -> {
                    var world = new GossipWorld(random, CONFIG);
                    world.complete(HONEST * 3 / 2);
                    delivered(world, world.nodes());
                    world.network.run(Duration.ofSeconds(35));
                    var turning = world.nodes().subList(0, HONEST / 2);
                    world.network.partition((from, _) -> !turning.contains(from));
                    var honest = world.nodes().subList(HONEST / 2, HONEST * 3 / 2);
                    var messages = new ArrayList<Bytes>();
                    for (var number = 0; number < 20; number++) {
                        messages.add(world.publish(honest.get(number % honest.size())).id());
                        world.network.run(Duration.ofSeconds(1));
                    }
                    world.network.run(SETTLE);
                    var came =
                            honest.stream()
                                    .flatMap(node -> world.delivered.get(node).stream())
                                    .filter(messages::contains)
                                    .count();
                    var wanted = messages.size() * (honest.size() - 1);
                    assertThat((double) came / wanted).isGreaterThan(DELIVERED_LEAST);
                });
    }

    /// Whoever floods with words is not heard any more.
    @Test
    void thoseWhoFloodAreNotHeardForLong() {
        for (var kind : List.of(Attacker.Kind.ANNOUNCING, Attacker.Kind.REFUSING)) {
            Seeds.forEach(
                    1,
                    random -> {
                        var world = new GossipWorld(random, CONFIG);
                        world.complete(HONEST);
                        var attackers = attackers(world, FLOODING, kind);
                        dial(world, attackers, world.nodes());
                        world.network.run(Duration.ofSeconds(12));
                        var graylist = CONFIG.score().thresholds().graylist();
                        for (var node : world.nodes()) {
                            for (var attacker : attackers) {
                                assertThat(world.router(node).scores().of(attacker))
                                        .isLessThan(graylist);
                            }
                        }
                    });
        }
    }

    @Test
    void idontwantSavesCopiesOfLargeMessagesAndLosesNone() {
        Seeds.forEach(
                3,
                random -> {
                    var world = new GossipWorld(random, CONFIG.withFloodPublish(false));
                    world.complete(HONEST);
                    world.network.run(SETTLE);
                    var large = CONFIG.limits().dontWantBytesMin();
                    var without = copies(world, large - 1);
                    var with = copies(world, large);
                    assertThat(with).isLessThan(without);
                });
    }

    /// Copies sent of 20 messages; all arrive.
    private static int copies(GossipWorld world, int bytes) {
        var before = world.copies;
        world.delivered.values().forEach(List::clear);
        for (var number = 0; number < 20; number++) {
            world.publish(world.anyNode(), bytes);
            world.network.run(Duration.ofMillis(500));
        }
        world.network.run(SETTLE);
        var came = world.delivered.values().stream().mapToInt(List::size).sum();
        assertThat(came).isEqualTo(20 * (HONEST - 1));
        return world.copies - before;
    }
}
