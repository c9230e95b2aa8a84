package org.p2prmb.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// The engine and each of its faults.
final class SimulationTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /// Agent 0 sends to agent 1 every second.
    private final Simulation pair = new Simulation(7, 2, (world, agent) -> pinger(world, agent, 1));

    private static List<ProtocolNode> pinger(Simulation world, int agent, int target) {
        return List.of(new Pinger(new Seat(world, agent, 0), target));
    }

    private static Pinger pinger(Simulation world, int agent) {
        return (Pinger) world.node(agent, 0);
    }

    private void startBoth() {
        pair.start(1);
        pair.start(0);
    }

    @Test
    void framesArriveOnceInOrderAndAreCountedAtBothEnds() {
        startBoth();
        pair.run(MINUTE);
        var numbers = IntStream.range(0, 60).mapToObj("frame 0 #%03d"::formatted).toList();
        assertThat(pinger(pair, 1).diary().getFirst()).isEqualTo("up 0");
        assertThat(pinger(pair, 1).diary().subList(1, 59)).isEqualTo(numbers.subList(0, 58));
        // One byte and its length; the last frame may be under way.
        assertThat(pair.traffic().bytes()).isBetween(2L * (60 + 58), 2L * (60 + 60));
        assertThat(pair.traffic().windowBytes(0.5, 120)).isEqualTo(16);
        assertThat(pair.traffic().windowBytesMax()).isBetween(2, 4);
        assertThat(pair.traffic().minuteBytesMax()).isBetween(234L, 240L);
    }

    @Test
    void manyEventsOfAMillisecondAreLookedAheadToAndFewAreNot() {
        int agents = 1_000;
        var world = new Simulation(7, agents, (sim, agent) -> pinger(sim, agent, 0));
        IntStream.range(0, agents).forEach(world::start);
        world.run(Duration.ofSeconds(10));
        var target = pinger(world, 0);
        assertThat(target.foreseen().size())
                .isBetween((int) target.frames() / 2, (int) target.frames());
        var ticks =
                IntStream.range(1, agents)
                        .mapToObj(agent -> pinger(world, agent).foreseen())
                        .toList();
        assertThat(ticks.stream().flatMap(List::stream)).contains(Foresight.NOBODY);
        startBoth();
        pair.run(MINUTE);
        assertThat(pinger(pair, 0).foreseen()).isEmpty();
    }

    /// Everything that can be random, twice from one seed, and once from another.
    @Test
    void oneSeedGivesOneRun() {
        Seeds.forEach(
                5,
                random -> {
                    long seed = random.nextLong();
                    assertThat(wild(seed)).isEqualTo(wild(seed)).isNotEqualTo(wild(seed + 1));
                });
    }

    private static List<String> wild(long seed) {
        int agents = 20;
        var world =
                new Simulation(
                        seed, agents, (sim, agent) -> pinger(sim, agent, (agent + 1) % agents));
        world.faults(new Faults(0.1, 0.1, 0.1));
        IntStream.range(0, agents).forEach(world::start);
        for (int round = 0; round < 20; round++) {
            world.run(Duration.ofSeconds(5));
            int victim = world.random().nextInt(agents);
            if (world.isUp(victim)) {
                var way = world.random().nextBoolean() ? Crash.SILENT : Crash.RESET;
                world.crash(victim, way);
            } else {
                world.start(victim);
            }
            world.stall(world.random().nextInt(agents), Duration.ofSeconds(3));
        }
        var diaries = new ArrayList<String>();
        for (int agent = 0; agent < agents; agent++) {
            if (world.isUp(agent)) {
                diaries.addAll(pinger(world, agent).diary());
            }
        }
        diaries.add(world.events() + " events, " + world.traffic().bytes() + " bytes");
        return diaries;
    }

    @Test
    void lossDuplicationAndReorderingHappenAsOftenAsAsked() {
        startBoth();
        pair.faults(new Faults(0.2, 0, 0));
        pair.run(Duration.ofHours(1));
        long arrived = pinger(pair, 1).frames();
        assertThat(arrived).isBetween(2_750L, 3_000L);
        pair.faults(new Faults(0, 0.2, 0));
        pair.run(Duration.ofHours(1));
        assertThat(pinger(pair, 1).frames() - arrived).isBetween(4_200L, 4_450L);
    }

    @Test
    void reorderedFramesOvertakeAndOthersDoNot() {
        Seeds.forEach(
                20,
                random -> {
                    for (double reordering : new double[] {0, 0.5}) {
                        var world =
                                new Simulation(
                                        random.nextLong(),
                                        2,
                                        (sim, agent) -> pinger(sim, agent, agent));
                        world.faults(new Faults(0, 0, reordering));
                        world.start(0);
                        world.start(1);
                        world.connect(0, 1);
                        world.run(MINUTE);
                        IntStream.range(0, 100).forEach(_ -> pinger(world, 0).send(1));
                        world.run(MINUTE);
                        var frames = pinger(world, 1).diary().stream().skip(1).toList();
                        var sent = IntStream.range(0, 100).mapToObj("frame 0 #%03d"::formatted);
                        assertThat(frames)
                                .hasSize(100)
                                .containsExactlyInAnyOrderElementsOf(sent.toList());
                        boolean inOrder =
                                frames.equals(
                                        IntStream.range(0, 100)
                                                .mapToObj("frame 0 #%03d"::formatted)
                                                .toList());
                        assertThat(inOrder).isEqualTo(reordering == 0);
                    }
                });
    }

    @Test
    void aResetIsHeardAtOnceAndTheRestartedAgentIsReachedAgain() {
        startBoth();
        pair.run(MINUTE);
        pair.crash(1, Crash.RESET);
        pair.run(Duration.ofSeconds(10));
        var diary = pinger(pair, 0).diary();
        assertThat(diary.subList(0, 3)).containsExactly("up 1", "down 1", "unreachable 1");
        pair.start(1);
        pair.run(MINUTE);
        assertThat(pinger(pair, 0).diary()).endsWith("up 1");
        assertThat(pinger(pair, 1).frames()).isBetween(55L, 60L);
    }

    @Test
    void aSilentCrashIsHeardAfterTheKeepAlive() {
        startBoth();
        pair.run(MINUTE);
        pair.crash(1, Crash.SILENT);
        pair.run(Duration.ofSeconds(30));
        assertThat(pinger(pair, 0).diary()).containsExactly("up 1");
        pair.run(Duration.ofSeconds(20));
        assertThat(pinger(pair, 0).diary().subList(0, 3))
                .containsExactly("up 1", "down 1", "unreachable 1");
    }

    @Test
    void theLastWordsOfACrashedAgentStillArriveBeforeTheEndOfItsConnection() {
        Seeds.forEach(
                50,
                random -> {
                    var world =
                            new Simulation(
                                    random.nextLong(),
                                    2,
                                    (sim, agent) -> pinger(sim, agent, agent));
                    world.start(0);
                    world.start(1);
                    world.connect(0, 1);
                    world.run(MINUTE);
                    pinger(world, 0).send(1);
                    world.crash(0, Crash.RESET);
                    world.run(MINUTE);
                    assertThat(pinger(world, 1).diary())
                            .containsExactly("up 0", "frame 0 #000", "down 0");
                });
    }

    @Test
    void aShortPartitionLosesFramesAndALongOneTheConnectionToo() {
        startBoth();
        pair.run(MINUTE);
        pair.partition((_, _) -> false);
        pair.run(Duration.ofSeconds(20));
        pair.heal();
        pair.run(MINUTE);
        assertThat(pinger(pair, 0).diary()).containsExactly("up 1");
        long arrived = pinger(pair, 1).frames();
        assertThat(arrived).isBetween(138L - 20, 141L - 20);
        pair.partition((_, _) -> false);
        pair.run(MINUTE);
        assertThat(pinger(pair, 0).diary()).contains("down 1", "unreachable 1");
        pair.heal();
        pair.run(MINUTE);
        assertThat(pinger(pair, 0).diary()).endsWith("up 1");
    }

    @Test
    void aOneWayPartitionLetsTheOtherWayThrough() {
        var world = new Simulation(3, 2, (sim, agent) -> pinger(sim, agent, 1 - agent));
        world.start(0);
        world.start(1);
        world.run(MINUTE);
        world.partition((from, _) -> from == 0);
        long before = pinger(world, 1).frames();
        long beforeOther = pinger(world, 0).frames();
        world.run(Duration.ofSeconds(25));
        assertThat(pinger(world, 1).frames() - before).isBetween(24L, 26L);
        assertThat(pinger(world, 0).frames() - beforeOther).isBetween(0L, 1L);
    }

    @Test
    void aStalledAgentGetsEverythingLateAndInOrderAndTicksLate() {
        startBoth();
        pair.run(MINUTE);
        pair.stall(1, Duration.ofSeconds(10));
        long before = pinger(pair, 1).frames();
        pair.run(Duration.ofMillis(9_900));
        assertThat(pinger(pair, 1).frames()).isEqualTo(before);
        pair.run(Duration.ofMillis(200));
        assertThat(pinger(pair, 1).frames()).isBetween(before + 9, before + 11);
        var ticks = pinger(pair, 0).ticks();
        pair.stall(0, Duration.ofSeconds(10));
        pair.run(MINUTE);
        assertThat(pinger(pair, 1).diary().stream().skip(1))
                .isSorted()
                .hasSizeLessThan(ticks.size() + 2);
        assertThat(ticks).hasSizeBetween(70 + 60 - 11, 70 + 60 - 8);
        assertThat(pinger(pair, 0).diary()).containsExactly("up 1");
    }

    @Test
    void clocksMayDifferByMinutesAndNobodyIsLate() {
        pair.skew(0, Duration.ofMinutes(-5));
        startBoth();
        pair.run(MINUTE);
        assertThat(pinger(pair, 0).ticks())
                .hasSize(60)
                .first()
                .isEqualTo(Simulation.START.minus(Duration.ofMinutes(5)).plusSeconds(1));
        assertThat(Duration.between(pair.now(0), pair.now(1))).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void whatANodePlannedDiesWithIt() {
        startBoth();
        pair.after(0, 0, Duration.ofSeconds(5), "early");
        pair.after(0, 0, Duration.ofSeconds(15), "late");
        pair.run(Duration.ofSeconds(10));
        assertThat(pinger(pair, 0).diary()).contains("event early");
        pair.crash(0, Crash.RESET);
        pair.start(0);
        pair.run(Duration.ofSeconds(10));
        assertThat(pinger(pair, 0).diary()).doesNotContain("event late");
    }

    @Test
    void aBrokenInvariantEndsTheRunWithItsSeed() {
        pair.addInvariant((world, agent) -> {
            if (pinger(world, agent).frames() > 3) {
                throw new Violation("more than three frames");
            }
        });
        startBoth();
        assertThatThrownBy(() -> pair.run(MINUTE))
                .isInstanceOf(Violation.class)
                .hasMessageStartingWith("seed 7, PT4.")
                .hasMessageEndingWith("agent 1: more than three frames");
    }
}
