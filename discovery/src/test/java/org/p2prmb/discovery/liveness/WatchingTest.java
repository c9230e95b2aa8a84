package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.discovery.liveness.OneAgent.frames;
import static org.p2prmb.discovery.liveness.OneAgent.pings;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// We watch subject 1 together with 2 to 8.
final class WatchingTest {
    private static final PeerId SUBJECT = TestKeys.id(1);
    private static final List<PeerId> WATCHERS = watchers();

    private final OneAgent agent = new OneAgent();

    private static List<PeerId> watchers() {
        var watchers = new ArrayList<>(TestKeys.ids(2, 9));
        watchers.add(OneAgent.SELF);
        return watchers;
    }

    @BeforeEach
    void watch() {
        agent.linkUp(1);
        assertThat(agent.receives(1, new AliveFrame.Invite()))
                .containsExactly(new Action.Send(SUBJECT, new AliveFrame.InviteAnswer(true)));
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(ping.held()).as("no lease is held").isZero();
        var lease = Optional.of(TestKeys.lease(1, 100, WATCHERS));
        agent.receives(1, new AliveFrame.Pong(ping.nonce(), 100, lease));
        agent.on(new Event.Introduced(SUBJECT, WATCHERS));
        agent.receives(9, new AliveFrame.Subscribe(SUBJECT));
    }

    private void pong(AliveFrame.Ping ping) {
        agent.receives(1, new AliveFrame.Pong(ping.nonce(), 100));
    }

    /// Misses pings until we ask the co-watchers.
    private List<Integer> asked() {
        var asked = new ArrayList<Integer>();
        var done = agent.pass(17);
        for (int watcher = 2; watcher < 9; watcher++) {
            if (!frames(done, watcher, AliveFrame.ProbeRequest.class).isEmpty()) {
                asked.add(watcher);
            }
        }
        return asked;
    }

    private List<Action> suspicion(int votes) {
        agent.pass(30);
        var done = new ArrayList<Action>();
        for (int voter = 2; voter < 2 + votes; voter++) {
            done.addAll(agent.receives(voter, new AliveFrame.Voted(TestKeys.vote(voter, 1, 100))));
        }
        return done;
    }

    @Test
    void theSubjectIsPingedEveryTenSecondsWithTheLeaseThatWeHold() {
        for (int round = 0; round < 8; round++) {
            var ping = agent.await(1, AliveFrame.Ping.class);
            assertThat(ping.held()).isEqualTo(100);
            pong(ping);
            assertThat(pings(agent.pass(9), 1)).isEmpty();
        }
    }

    @Test
    void twoMissesMakeUsAskThreeCoWatchersAndTheirSilenceMakesUsVote() {
        assertThat(asked()).hasSize(3);
        var votes = frames(agent.pass(10), 2, AliveFrame.Voted.class);
        assertThat(votes).isNotEmpty();
        assertThat(votes.getFirst().vote().vote().sequence()).isEqualTo(100);
    }

    @Test
    void anAnswerToACoWatcherPutsTheVoteOffTwiceAtMost() {
        for (int excuse = 0; excuse < 2; excuse++) {
            var request = awaitRequest();
            var done =
                    agent.on(
                            new Event.Received(
                                    request.to(),
                                    new AliveFrame.ProbeReport(SUBJECT, nonce(request), true)));
            assertThat(done).noneMatch(Action.SignVote.class::isInstance);
        }
        assertThat(agent.pass(30)).anyMatch(Action.SignVote.class::isInstance);
    }

    private Action.Send awaitRequest() {
        for (int second = 0; second < 60; second++) {
            for (var action : agent.pass(1)) {
                if (action instanceof Action.Send send
                        && send.frame() instanceof AliveFrame.ProbeRequest) {
                    return send;
                }
            }
        }
        throw new AssertionError("no co-watcher is asked");
    }

    private static long nonce(Action.Send request) {
        return ((AliveFrame.ProbeRequest) request.frame()).nonce();
    }

    @Test
    void aCoWatcherThatAsksGetsAReportAfterOurOwnPings() {
        var request = new AliveFrame.ProbeRequest(SUBJECT, 5);
        var ping = pings(agent.receives(2, request), 1);
        assertThat(ping).hasSize(1);
        assertThat(
                        frames(
                                agent.receives(
                                        1, new AliveFrame.Pong(ping.getFirst().nonce(), 100)),
                                2,
                                AliveFrame.ProbeReport.class))
                .containsExactly(new AliveFrame.ProbeReport(SUBJECT, 5, true));
        agent.receives(3, request);
        assertThat(frames(agent.pass(7), 3, AliveFrame.ProbeReport.class))
                .containsExactly(new AliveFrame.ProbeReport(SUBJECT, 5, false));
        assertThat(frames(agent.receives(4, request), 4, AliveFrame.ProbeReport.class))
                .as("what we found out is told at once")
                .containsExactly(new AliveFrame.ProbeReport(SUBJECT, 5, false));
        assertThat(agent.receives(20, request)).as("a stranger").isEmpty();
    }

    @Test
    void aQuorumIsAnnouncedToTheSubjectAndBuriesItAfterSixteenSecondsOrSome() {
        assertThat(frames(suspicion(4), 1, AliveFrame.Suspected.class))
                .containsExactly(new AliveFrame.Suspected(100));
        assertThat(frames(agent.pass(15), 9, AliveFrame.Buried.class)).isEmpty();
        var buried = frames(agent.pass(7), 9, AliveFrame.Buried.class);
        assertThat(buried).hasSize(1);
        assertThat(buried.getFirst().obituary().votes()).hasSize(5);
    }

    @Test
    void lessThanAQuorumBuriesNobody() {
        assertThat(frames(suspicion(3), 1, AliveFrame.Suspected.class)).isEmpty();
        assertThat(frames(agent.pass(60), 9, AliveFrame.Buried.class)).isEmpty();
    }

    @Test
    void votesOfStrangersAndOfOthersOnBehalfCountNothing() {
        agent.pass(30);
        for (int stranger = 20; stranger < 40; stranger++) {
            var vote = new AliveFrame.Voted(TestKeys.vote(stranger, 1, 100));
            assertThat(agent.receives(stranger, vote)).isEmpty();
        }
        for (int voter = 2; voter < 9; voter++) {
            var vote = new AliveFrame.Voted(TestKeys.vote(voter, 1, 100));
            assertThat(agent.receives(8 - voter % 3 + 20, vote)).isEmpty();
        }
        assertThat(frames(agent.pass(60), 9, AliveFrame.Buried.class)).isEmpty();
    }

    @Test
    void aNewerLeaseClearsTheSuspicion() {
        suspicion(5);
        agent.receives(1, new AliveFrame.Leased(TestKeys.lease(1, 101, WATCHERS)));
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(ping.held()).isEqualTo(101);
        pong(ping);
        assertThat(frames(agent.pass(20), 9, AliveFrame.Buried.class)).isEmpty();
    }

    @Test
    void anyPongClearsTheSuspicion() {
        suspicion(5);
        agent.pass(10);
        pong(agent.await(1, AliveFrame.Ping.class));
        assertThat(frames(agent.pass(15), 9, AliveFrame.Buried.class)).isEmpty();
    }

    @Test
    void aReplayedLeaseClearsNothing() {
        suspicion(5);
        agent.receives(1, new AliveFrame.Leased(TestKeys.lease(1, 100, WATCHERS)));
        agent.receives(2, new AliveFrame.Leased(TestKeys.lease(1, 101, WATCHERS)));
        assertThat(frames(agent.pass(22), 9, AliveFrame.Buried.class)).hasSize(1);
    }

    @Test
    void aHundredThousandVotesAreOneVoteOfEachWatcherAndFewPings() {
        pong(agent.await(1, AliveFrame.Ping.class));
        long actions = 0;
        for (long sequence = 0; sequence < 100_000; sequence++) {
            var vote = TestKeys.vote(2, 1, sequence % 50);
            actions += agent.receives(2, new AliveFrame.Voted(vote)).size();
        }
        assertThat(actions).isLessThan(10);
        assertThat(frames(agent.pass(60), 1, AliveFrame.Suspected.class)).isEmpty();
    }

    @Test
    void whoStoodStillAccusesNobody() {
        agent.pass(4);
        agent.stall(60);
        var ping = agent.await(1, AliveFrame.Ping.class);
        pong(ping);
        assertThat(agent.pass(5)).noneMatch(Action.SignVote.class::isInstance);
    }

    @Test
    void aLeaveIsForwardedToCoWatchersAndSubscribersAndEndsTheWatch() {
        var leave = new AliveFrame.Leased(TestKeys.leaving(1, 101, WATCHERS));
        var done = agent.receives(1, leave);
        assertThat(frames(done, 9, AliveFrame.Buried.class)).hasSize(1);
        assertThat(frames(done, 5, AliveFrame.Buried.class)).hasSize(1);
        assertThat(pings(agent.pass(60), 1)).isEmpty();
    }

    @Test
    void aLeaseWithWatchersThatWeDoNotKnowIsAskedForAgain() {
        var other = TestKeys.lease(1, 101, WATCHERS.subList(1, 8));
        agent.receives(1, new AliveFrame.Leased(TestKeys.bare(other)));
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(ping.held()).as("the newest whose watchers we know").isEqualTo(100);
        pong(ping);
        agent.receives(1, new AliveFrame.Leased(other));
        ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(ping.held()).isEqualTo(101);
        var same = TestKeys.lease(1, 102, WATCHERS.subList(1, 8));
        agent.receives(1, new AliveFrame.Leased(TestKeys.bare(same)));
        pong(ping);
        assertThat(agent.await(1, AliveFrame.Ping.class).held()).isEqualTo(102);
    }

    @Test
    void whomTheSubjectNoLongerListsWatchesNoMore() {
        var without = TestKeys.lease(1, 101, TestKeys.ids(2, 9));
        agent.receives(1, new AliveFrame.Leased(without));
        assertThat(pings(agent.pass(60), 1)).isEmpty();
        assertThat(agent.receives(9, new AliveFrame.Subscribe(SUBJECT)))
                .containsExactly(
                        new Action.Send(TestKeys.id(9), new AliveFrame.Subscribed(SUBJECT, false)));
    }

    @Test
    void aBrokenLinkIsAReasonToPingAtOnce() {
        pong(agent.await(1, AliveFrame.Ping.class));
        assertThat(pings(agent.on(new Event.LinkDown(SUBJECT)), 1)).hasSize(1);
        var again = agent.on(new Event.Unreachable(SUBJECT));
        assertThat(pings(again, 1)).as("the second at once").hasSize(1);
        var asked = agent.on(new Event.Unreachable(SUBJECT));
        assertThat(asked)
                .filteredOn(action ->
                        action instanceof Action.Send send
                                && send.frame() instanceof AliveFrame.ProbeRequest)
                .hasSize(3);
    }

    @Test
    void noMoreThanThirtyTwoAreWatched() {
        for (int subject = 10; subject < 41; subject++) {
            assertThat(accepts(subject)).isTrue();
        }
        assertThat(accepts(41)).isFalse();
        assertThat(accepts(10)).as("asked again").isTrue();
    }

    private boolean accepts(int subject) {
        var answer = agent.receives(subject, new AliveFrame.Invite());
        return frames(answer, subject, AliveFrame.InviteAnswer.class).getFirst().accepted();
    }
}
