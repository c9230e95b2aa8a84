package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.NeighbourMachine.Action;
import org.p2prmb.node.NeighbourMachine.Config;
import org.p2prmb.node.NeighbourMachine.Event;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

final class NeighbourMachineTest {
    private static final SecureRandom KEYS = new SecureRandom();
    private static final PeerId SELF = peer();
    private static final PeerId ALICE = peer();
    private static final PeerId BOB = peer();
    private static final Duration ROUND = Duration.ofSeconds(2);
    private static final Duration REFRESH = Duration.ofSeconds(60);

    private final NeighbourMachine machine =
            new NeighbourMachine(SELF, new Config(3, ROUND, REFRESH), new Random(1));
    private Instant now = Instant.EPOCH.plusSeconds(1_000_000);

    @Test
    void nothingIsDoneBeforeTheHostServes() {
        assertThat(machine.nextTick()).isEqualTo(Instant.MAX);
    }

    @Test
    void withoutNeighboursEveryRoundJoinsAndLooksForCandidates() {
        on(new Event.Started());
        for (int round = 0; round < 3; round++) {
            assertThat(nextRound())
                    .containsExactly(new Action.JoinBootstrap(), new Action.FindCandidates());
            assertThat(machine.nextTick()).isEqualTo(now.plus(ROUND));
        }
    }

    @Test
    void withTooFewNeighboursTheFirstAddressesAreTriedAgainAtEveryRefresh() {
        start();
        on(new Event.Connected(ALICE, false));
        var joins = new ArrayList<Instant>();
        var end = now.plus(REFRESH.multipliedBy(3));
        while (now.isBefore(end)) {
            if (nextRound().contains(new Action.JoinBootstrap())) {
                joins.add(now);
            }
        }
        assertThat(joins).hasSize(3);
        assertThat(Duration.between(joins.get(1), joins.get(2)))
                .isBetween(REFRESH, REFRESH.plus(ROUND));
    }

    @Test
    void withEnoughNeighboursNobodyIsLookedFor() {
        start();
        connect(3);
        nextRound();
        assertThat(nextRound()).isEmpty();
        assertThat(on(new Event.Candidates(List.of(ALICE, BOB)))).isEmpty();
    }

    @Test
    void aNewNeighbourIsAskedOnceHoweverOftenItConnects() {
        start();
        assertThat(on(new Event.Connected(ALICE, false)))
                .containsExactly(new Action.Exchange(ALICE));
        assertThat(on(new Event.Connected(ALICE, false))).isEmpty();
        assertThat(machine.nextTick()).isBefore(now.plus(ROUND));
    }

    @Test
    void oneNeighbourIsAskedAtEveryRefreshAsLongAsThereAreFew() {
        start();
        connect(2);
        assertThat(exchanges(2)).hasSize(3);
    }

    @Test
    void withEnoughNeighboursOneIsAskedTenTimesLessOften() {
        start();
        connect(3);
        assertThat(exchanges(20)).hasSize(3);
    }

    private List<Action> exchanges(int refreshes) {
        var asked = new ArrayList<Action>();
        var end = now.plus(REFRESH.multipliedBy(refreshes));
        while (now.isBefore(end)) {
            asked.addAll(nextRound());
        }
        asked.removeIf(action -> !(action instanceof Action.Exchange));
        return asked;
    }

    @Test
    void noMoreAreDialledThanAreMissing() {
        start();
        on(new Event.Connected(ALICE, false));
        assertThat(dialled(peers(10))).hasSize(2);
        assertThat(dialled(peers(10))).isEmpty();
    }

    @Test
    void weDialNeitherOurselvesNorNeighboursNorAnyoneTwice() {
        start();
        on(new Event.Connected(ALICE, false));
        assertThat(dialled(List.of(SELF, ALICE, BOB, BOB))).containsExactly(BOB);
        assertThat(dialled(List.of(BOB))).isEmpty();
    }

    @Test
    void thoseBelievedDeadAreTriedOnlyWhenWeAreAloneAndKnowNobodyBetter() {
        start();
        assertThat(on(new Event.Candidates(List.of(ALICE), List.of(BOB))))
                .containsExactly(new Action.Dial(ALICE));
        assertThat(on(new Event.Candidates(List.of(ALICE), List.of(BOB)))).isEmpty();
        on(new Event.DialFailed(ALICE));
        assertThat(on(new Event.Candidates(List.of(ALICE), List.of(BOB))))
                .containsExactly(new Action.Dial(BOB));
        on(new Event.Connected(ALICE, false));
        on(new Event.DialFailed(BOB));
        now = now.plusSeconds(60);
        assertThat(on(new Event.Candidates(List.of(), List.of(BOB)))).isEmpty();
    }

    @Test
    void aRoundDialsFourAtMost() {
        var greedy = new NeighbourMachine(SELF, new Config(100, ROUND, REFRESH), new Random(1));
        assertThat(greedy.on(now, new Event.Candidates(peers(50)))).hasSize(4);
    }

    @Test
    void aFailedDialIsLeftAloneForATimeThatDoublesUpToFiveMinutes() {
        start();
        var pauses = new ArrayList<Duration>();
        dialled(List.of(BOB));
        for (int i = 0; i < 9; i++) {
            on(new Event.DialFailed(BOB));
            pauses.add(pauseUntilDialled(BOB));
        }
        assertThat(pauses.stream().map(Duration::toSeconds))
                .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    }

    @Test
    void aNeighbourThatStayedIsDialledAgainAtOnce() {
        start();
        dialled(List.of(BOB));
        on(new Event.DialFailed(BOB));
        on(new Event.Connected(BOB, false));
        now = now.plusSeconds(10);
        on(new Event.Disconnected(BOB));
        assertThat(machine.nextTick()).isBeforeOrEqualTo(now);
        assertThat(dialled(List.of(BOB))).containsExactly(BOB);
    }

    @Test
    void aNeighbourThatHangsUpAtOnceIsLeftAloneForLongerEachTime() {
        start();
        on(new Event.Connected(BOB, false));
        on(new Event.Disconnected(BOB));
        assertThat(pauseUntilDialled(BOB)).isEqualTo(Duration.ofSeconds(5));
        on(new Event.Connected(BOB, false));
        on(new Event.Disconnected(BOB));
        assertThat(pauseUntilDialled(BOB)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aFlickeringNeighbourDoesNotSetThePace() {
        start();
        var ticks = 0;
        var end = now.plusSeconds(10);
        while (now.isBefore(end)) {
            on(new Event.Connected(ALICE, false));
            on(new Event.Disconnected(ALICE));
            if (!now.isBefore(machine.nextTick())) {
                machine.tick(now);
                ticks++;
            }
            now = now.plusMillis(10);
        }
        assertThat(ticks).isBetween(5, 20);
    }

    @Test
    void aDialThatEndsWithoutAWordIsGivenUp() {
        start();
        assertThat(dialled(peers(3))).hasSize(3);
        assertThat(dialled(List.of(BOB))).isEmpty();
        var end = now.plusSeconds(32);
        while (now.isBefore(end)) {
            nextRound();
        }
        assertThat(dialled(List.of(BOB))).containsExactly(BOB);
    }

    @Test
    void aLateDialFailureSaysNothingAboutANeighbour() {
        start();
        dialled(List.of(BOB));
        on(new Event.Connected(BOB, false));
        on(new Event.DialFailed(BOB));
        now = now.plusSeconds(10);
        on(new Event.Disconnected(BOB));
        assertThat(dialled(List.of(BOB))).containsExactly(BOB);
    }

    @Test
    void ofTooManyFailuresTheOldestIsForgotten() {
        start();
        on(new Event.DialFailed(BOB));
        for (var other : peers(1_023)) {
            on(new Event.DialFailed(other));
        }
        assertThat(dialled(List.of(BOB))).isEmpty();
        on(new Event.DialFailed(ALICE));
        assertThat(dialled(List.of(BOB))).containsExactly(BOB);
    }

    @Test
    void whoWeDialledAsANeighbourIsKeptHoweverManyHaveDialledUsMeanwhile() {
        start();
        dialled(List.of(BOB));
        connect(3);
        assertThat(on(new Event.Connected(BOB, true)))
                .containsExactly(new Action.Keep(BOB), new Action.Exchange(BOB));
        assertThat(on(new Event.Disconnected(BOB))).containsExactly(new Action.Drop(BOB));
    }

    @Test
    void whoDialsUsKeepsTheConnectionItself() {
        start();
        assertThat(on(new Event.Connected(BOB, false))).containsExactly(new Action.Exchange(BOB));
        assertThat(on(new Event.Disconnected(BOB))).isEmpty();
    }

    @Test
    void aConnectionOfAnErrandIsKeptWhileThereAreTooFew() {
        start();
        connect(2);
        assertThat(on(new Event.Connected(ALICE, true)))
                .containsExactly(new Action.Keep(ALICE), new Action.Exchange(ALICE));
        assertThat(on(new Event.Connected(BOB, true))).isEmpty();
    }

    @Test
    void aConnectionOfAnErrandDoesNotCountAndIsKeptAsSoonAsANeighbourIsMissing() {
        start();
        connect(2);
        on(new Event.Connected(ALICE, false));
        on(new Event.Connected(BOB, true));
        now = now.plusSeconds(10);
        on(new Event.Disconnected(ALICE));
        assertThat(nextRound()).startsWith(new Action.Keep(BOB), new Action.Exchange(BOB));
        assertThat(nextRound()).doesNotContain(new Action.Keep(BOB), new Action.FindCandidates());
    }

    @Test
    void anErrandThatEndsSoonIsNoFailure() {
        start();
        connect(2);
        on(new Event.Connected(ALICE, false));
        on(new Event.Connected(BOB, true));
        assertThat(on(new Event.Disconnected(BOB))).isEmpty();
        on(new Event.Disconnected(ALICE));
        assertThat(dialled(List.of(BOB))).containsExactly(BOB);
    }

    @Test
    void withEnoughNeighboursThoseWhoDialUsAreNotAsked() {
        start();
        connect(3);
        assertThat(on(new Event.Connected(BOB, false))).isEmpty();
        assertThat(on(new Event.Connected(ALICE, true))).isEmpty();
    }

    private void start() {
        on(new Event.Started());
        nextRound();
    }

    private void connect(int count) {
        peers(count).forEach(peer -> on(new Event.Connected(peer, false)));
    }

    private List<Action> on(Event event) {
        return machine.on(now, event);
    }

    private List<Action> nextRound() {
        now = machine.nextTick().isBefore(now) ? now : machine.nextTick();
        return machine.tick(now);
    }

    private List<PeerId> dialled(List<PeerId> candidates) {
        return on(new Event.Candidates(candidates)).stream()
                .map(action -> ((Action.Dial) action).peer())
                .toList();
    }

    /// How long the peer is left alone; time passes until it is dialled.
    private Duration pauseUntilDialled(PeerId peer) {
        var start = now;
        while (dialled(List.of(peer)).isEmpty()) {
            assertThat(now).isBefore(start.plus(Duration.ofMinutes(10)));
            now = now.plusSeconds(1);
        }
        return Duration.between(start, now);
    }

    private static List<PeerId> peers(int count) {
        return Stream.generate(NeighbourMachineTest::peer).limit(count).toList();
    }

    private static PeerId peer() {
        return KeyPair.generate(KEYS).peerId();
    }
}
