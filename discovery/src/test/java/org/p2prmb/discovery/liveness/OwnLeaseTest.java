package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.discovery.liveness.OneAgent.frames;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Fingerprint;

import java.util.ArrayList;
import java.util.List;

final class OwnLeaseTest {
    private final OneAgent agent = new OneAgent();

    private static List<Action.SignLease> signed(List<Action> actions) {
        return actions.stream()
                .filter(Action.SignLease.class::isInstance)
                .map(Action.SignLease.class::cast)
                .toList();
    }

    private static List<PeerId> invited(List<Action> actions) {
        return actions.stream()
                .filter(Action.Send.class::isInstance)
                .map(Action.Send.class::cast)
                .filter(send -> send.frame() instanceof AliveFrame.Invite)
                .map(Action.Send::to)
                .toList();
    }

    /// Has 1 to 8 as its watchers.
    private List<Action> watched() {
        agent.pass(1);
        var done = agent.on(new Event.Candidates(TestKeys.ids(1, 9), List.of()));
        assertThat(invited(done)).hasSize(8);
        var all = new ArrayList<Action>();
        for (int watcher = 1; watcher < 9; watcher++) {
            all.addAll(agent.receives(watcher, new AliveFrame.InviteAnswer(true)));
        }
        all.addAll(agent.pass(6));
        return all;
    }

    @Test
    void aNeighbourGetsOurLeaseAsLongAsWeHaveNoWatchers() {
        agent.pass(1);
        var done = agent.linkUp(1);
        assertThat(frames(done, 1, AliveFrame.Leased.class)).hasSize(1);
        assertThat(done).contains(new Action.MarkAlive(TestKeys.id(1)));
        assertThat(frames(agent.pass(65), 1, AliveFrame.Leased.class)).hasSize(2);
    }

    @Test
    void candidatesOfTheDhtAndOfTheMeshAreInvitedByTurns() {
        agent.pass(1);
        var done = agent.on(new Event.Candidates(TestKeys.ids(1, 20), TestKeys.ids(30, 50)));
        assertThat(invited(done)).hasSize(8);
        assertThat(invited(done).stream().filter(TestKeys.ids(1, 20)::contains)).hasSize(4);
    }

    @Test
    void whoAcceptsIsListedInOneLeaseAndIntroducedToTheOthers() {
        var done = watched();
        assertThat(signed(done)).hasSize(1);
        assertThat(signed(done).getFirst().watchers().fingerprints())
                .containsExactlyInAnyOrderElementsOf(
                        TestKeys.ids(1, 9).stream().map(Fingerprint::of).toList());
        // Their records are bulky, so not all leave at once.
        var introductions = new ArrayList<>(introductions(done));
        assertThat(introductions).hasSizeLessThan(8);
        introductions.addAll(introductions(agent.pass(15)));
        assertThat(introductions).hasSize(8);
        assertThat(((Action.Introduce) introductions.getFirst()).peers()).hasSize(7);
    }

    private static List<Action> introductions(List<Action> done) {
        return done.stream().filter(Action.Introduce.class::isInstance).toList();
    }

    @Test
    void whoDeclinesOrIsSilentIsReplaced() {
        agent.pass(1);
        agent.on(new Event.Candidates(TestKeys.ids(1, 12), List.of()));
        var next = agent.receives(3, new AliveFrame.InviteAnswer(false));
        assertThat(invited(next)).containsExactly(TestKeys.id(9));
        assertThat(invited(agent.pass(31))).contains(TestKeys.id(10), TestKeys.id(11));
    }

    @Test
    void aPingThatHoldsAnOlderLeaseIsAnsweredWithTheNewest() {
        watched();
        var pong = pong(new AliveFrame.Ping(5, 0));
        var lease = pong.renewal().orElseThrow().lease();
        assertThat(pong.renewal().orElseThrow().watchers()).as("not known yet").isPresent();
        assertThat(pong.watchersSince()).isEqualTo(lease.lease().sequence());
        assertThat(pong(new AliveFrame.Ping(6, lease.lease().sequence())).renewal()).isEmpty();
        assertThat(pong(new AliveFrame.Ping(7)).renewal()).isEmpty();
        agent.pass(31);
        var renewed = pong(new AliveFrame.Ping(8, lease.lease().sequence()));
        assertThat(renewed.renewal().orElseThrow().watchers()).as("known").isEmpty();
        assertThat(renewed.watchersSince()).as("the same watchers").isEqualTo(pong.watchersSince());
    }

    @Test
    void whoHoldsALeaseWithOtherWatchersGetsTheListThoughWeChoseNobodyNew() {
        long sequence = 1_800_000_000_000L;
        var first = TestKeys.lease(0, sequence, TestKeys.ids(1, 9));
        var reordered = TestKeys.lease(0, sequence + 1, TestKeys.ids(1, 9).reversed());
        for (var signed : List.of(first, reordered)) {
            agent.on(new Event.LeaseSigned(signed.lease(), signed.watchers().orElseThrow()));
        }
        var renewed = pong(new AliveFrame.Ping(5, sequence)).renewal().orElseThrow();
        assertThat(renewed).isEqualTo(reordered);
    }

    private AliveFrame.Pong pong(AliveFrame.Ping ping) {
        return frames(agent.receives(1, ping), 1, AliveFrame.Pong.class).getFirst();
    }

    @Test
    void withWatchersTheLeaseIsSignedEveryIntervalAndPushedToNobody() {
        watched();
        agent.linkUp(1);
        var done = new ArrayList<Action>();
        for (int round = 0; round < 30; round++) {
            for (int watcher = 1; watcher < 9; watcher++) {
                done.addAll(agent.receives(watcher, new AliveFrame.Ping(round)));
            }
            done.addAll(agent.pass(10));
        }
        assertThat(signed(done)).hasSizeBetween(9, 11);
        assertThat(frames(done, 1, AliveFrame.Leased.class)).isEmpty();
        assertThat(invited(done)).isEmpty();
    }

    @Test
    void aWatcherThatIsSilentForFortyFiveSecondsIsReplaced() {
        watched();
        var done = new ArrayList<Action>();
        for (int round = 0; round < 6; round++) {
            for (int watcher = 2; watcher < 9; watcher++) {
                agent.receives(watcher, new AliveFrame.Ping(round));
            }
            done.addAll(agent.pass(10));
        }
        assertThat(done).contains(new Action.FindWatchers(8));
        assertThat(signed(done).getLast().watchers().fingerprints())
                .hasSize(7)
                .doesNotContain(Fingerprint.of(TestKeys.id(1)));
        var found = agent.on(new Event.Candidates(TestKeys.ids(1, 12), List.of()));
        assertThat(invited(found)).hasSize(1);
    }

    @Test
    void aSuspicionIsRefutedByANewLeaseToTheSuspecting() {
        watched();
        var held =
                pong(new AliveFrame.Ping(5, 0)).renewal().orElseThrow().lease().lease().sequence();
        var done = agent.receives(1, new AliveFrame.Suspected(held));
        assertThat(signed(done)).hasSize(1);
        var refutation = frames(done, 1, AliveFrame.Leased.class).getFirst();
        assertThat(refutation.renewal().lease().lease().sequence()).isGreaterThan(held);
        var other = agent.receives(2, new AliveFrame.Suspected(held));
        assertThat(signed(other)).as("it is there already").isEmpty();
        assertThat(frames(other, 2, AliveFrame.Leased.class)).hasSize(1);
    }

    @Test
    void aFloodOfSuspicionsMakesUsSignOnceASecondAtMost() {
        watched();
        var done = new ArrayList<Action>();
        for (int flood = 0; flood < 1_000; flood++) {
            done.addAll(agent.receives(1, new AliveFrame.Suspected(Long.MAX_VALUE)));
            done.addAll(agent.receives(30, new AliveFrame.Suspected(Long.MAX_VALUE)));
        }
        assertThat(signed(done)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void watchersAreDrawnAnewEachDay() {
        watched();
        agent.on(new Event.Hot(java.util.Set.of()));
        var done = new ArrayList<Action>();
        for (int half = 0; half < 2 * 60 * 26; half++) {
            for (int watcher = 1; watcher < 9; watcher++) {
                agent.receives(watcher, new AliveFrame.Ping(half));
            }
            done.addAll(agent.pass(30));
        }
        assertThat(done).contains(new Action.FindWatchers(8));
        var drawn = agent.on(new Event.Candidates(TestKeys.ids(5, 20), List.of()));
        assertThat(invited(drawn)).containsExactlyElementsOf(TestKeys.ids(9, 13));
        var changed = new ArrayList<Action>();
        for (int watcher = 9; watcher < 13; watcher++) {
            changed.addAll(agent.receives(watcher, new AliveFrame.InviteAnswer(true)));
        }
        changed.addAll(agent.pass(6));
        assertThat(signed(changed).getLast().watchers().fingerprints())
                .containsExactlyInAnyOrderElementsOf(
                        TestKeys.ids(5, 13).stream().map(Fingerprint::of).toList());
    }

    @Test
    void whoLeavesTellsWatchersAndNeighboursAndThenNothingMore() {
        watched();
        agent.linkUp(20);
        var done = agent.on(new Event.Leave());
        for (int peer : new int[] {1, 8, 20}) {
            assertThat(frames(done, peer, AliveFrame.Leased.class))
                    .singleElement()
                    .matches(frame -> frame.renewal().lease().lease().leaving());
        }
        assertThat(agent.receives(1, new AliveFrame.Ping(5))).isEmpty();
        assertThat(agent.pass(600)).isEmpty();
    }
}
