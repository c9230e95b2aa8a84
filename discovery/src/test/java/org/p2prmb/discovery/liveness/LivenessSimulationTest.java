package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// Networks of 2 to 30 agents, see [AliveNetwork].
final class LivenessSimulationTest {
    private static final Duration SETTLED = Duration.ofMinutes(3);

    private static AliveNetwork settled(RandomGenerator random, int size, double loss) {
        var network = new AliveNetwork(random, size);
        network.loss = loss;
        network.run(SETTLED.plusMillis(random.nextInt(30_000)));
        return network;
    }

    private static void allHold(AliveNetwork network, PeerId victim) {
        for (var agent : network.living()) {
            assertThat(agent.dead).as("dead at %s", agent.id().shortText()).contains(victim);
        }
    }

    @Test
    void lookingAheadChangesNothing() {
        Seeds.forEach(
                3,
                random -> {
                    long seed = random.nextLong();
                    var read = new AtomicLong();
                    var seeing = withADeath(seed, agent -> read.addAndGet(lookAhead(agent)));
                    var blind = withADeath(seed, _ -> {});
                    assertThat(read).hasPositiveValue();
                    assertThat(seeing.bytes).isEqualTo(blind.bytes);
                    assertThat(seeing.living().stream().map(agent -> agent.dead))
                            .isEqualTo(blind.living().stream().map(agent -> agent.dead).toList());
                });
    }

    private static long lookAhead(AliveNetwork.Agent agent) {
        long read = 0;
        for (int depth = 0; depth <= LivenessMachine.FORESEEN_MAX; depth++) {
            for (int number = 0; number <= 12; number++) {
                read |= agent.machine.foresee(TestKeys.id(number), depth);
            }
            read |= agent.machine.foresee(null, depth);
        }
        return read == 0 ? 0 : 1;
    }

    private static AliveNetwork withADeath(long seed, Consumer<AliveNetwork.Agent> before) {
        var network = new AliveNetwork(new SplittableRandom(seed), 12);
        network.before = before;
        network.run(SETTLED);
        network.kill(network.id(0), true);
        network.run(Duration.ofMinutes(1));
        return network;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 30})
    void everyAgentHasTheWatchersThatTheNetworkCanGive(int size) {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random, size, 0.05);
                    // Whoever lost two invitations is looked for again after 4 minutes at most.
                    network.run(Duration.ofMinutes(5));
                    var most = Math.min(size - 1, Lease.WATCHERS_MAX);
                    for (var agent : network.living()) {
                        assertThat(network.watchersOf(agent.id())).hasSize(most);
                    }
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 30})
    void theKilledAreBuriedByAllHolders(int size) {
        Seeds.forEach(
                10,
                random -> {
                    var network = settled(random, size, 0.05);
                    var victim = network.id(0);
                    network.kill(victim, random.nextBoolean());
                    network.run(Duration.ofSeconds(45));
                    var late =
                            network.living().stream()
                                    .filter(agent -> !agent.dead.contains(victim))
                                    .count();
                    // Both obituaries may be lost; then the holder's own patrol finds out.
                    assertThat(late).as("late").isLessThan(size < 8 ? size : 2);
                    network.run(Duration.ofSeconds(30));
                    allHold(network, victim);
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @Test
    void nobodyLivingIsRemovedThoughFramesAreLostAndAgentsStandStill() {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random, 30, 0.05);
                    for (int minute = 0; minute < 30; minute++) {
                        for (var agent : network.living()) {
                            if (random.nextInt(20) == 0) {
                                var stall = Duration.ofMillis(random.nextInt(15_000));
                                network.stall(agent.id(), stall);
                            }
                        }
                        network.run(Duration.ofMinutes(1));
                    }
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 30})
    void whoLeavesIsGoneAtOnce(int size) {
        Seeds.forEach(
                10,
                random -> {
                    var network = settled(random, size, 0);
                    var victim = network.id(0);
                    network.leave(victim);
                    network.run(Duration.ofSeconds(2));
                    allHold(network, victim);
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 30})
    void aHealedPartitionHidesNobodyForLong(int size) {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random, size, 0.05);
                    var one = Set.copyOf(network.ids().subList(0, size / 2));
                    network.cut = (from, to) -> one.contains(from) != one.contains(to);
                    network.run(Duration.ofMinutes(10));
                    for (var agent : network.living()) {
                        var others = one.contains(agent.id()) ? size - size / 2 : size / 2;
                        assertThat(agent.dead).as("the other half").hasSize(others);
                    }
                    network.cut = (_, _) -> false;
                    network.run(Duration.ofSeconds(60));
                    for (var agent : network.living()) {
                        assertThat(agent.dead).isEmpty();
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8, 30})
    void theSameKeyIsAliveAgainAfterARestartAndDiesAgain(int size) {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random, size, 0.05);
                    var victim = network.id(0);
                    network.kill(victim, random.nextBoolean());
                    network.run(Duration.ofSeconds(80));
                    allHold(network, victim);
                    network.restart(victim);
                    network.run(Duration.ofMinutes(3));
                    for (var agent : network.living()) {
                        assertThat(agent.dead).isEmpty();
                    }
                    network.kill(victim, random.nextBoolean());
                    network.run(Duration.ofSeconds(80));
                    allHold(network, victim);
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @Test
    void massDeathIsNoticedWithinNinetySeconds() {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random, 30, 0.02);
                    var victims = network.ids().subList(0, 10);
                    victims.forEach(victim -> network.kill(victim, true));
                    network.run(Duration.ofSeconds(90));
                    victims.forEach(victim -> allHold(network, victim));
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @Test
    void anAgentCostsTheBytesThatTheDocumentCalculates() {
        Seeds.forEach(
                2,
                random -> {
                    var network = settled(random, 30, 0);
                    network.run(Duration.ofMinutes(10));
                    var cost = network.bytesPerSecond(Duration.ofMinutes(20));
                    assertThat(cost).isBetween(160.0, 240.0);
                });
    }
}
