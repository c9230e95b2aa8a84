package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.discovery.liveness.OneAgent.frames;
import static org.p2prmb.discovery.liveness.OneAgent.pings;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.SignedVote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Contact 1, watched by 2 to 9, is hot.
final class HolderTest {
    private static final PeerId CONTACT = TestKeys.id(1);
    private static final List<PeerId> WATCHERS = TestKeys.ids(2, 10);

    private final OneAgent agent = new OneAgent();

    private List<Action> hot() {
        agent.linkUp(1);
        agent.on(new Event.Hot(Set.of(CONTACT)));
        var ping = agent.await(1, AliveFrame.Ping.class);
        return answer(ping, 100);
    }

    private void subscribed() {
        hot();
        for (var watcher : subscribed(agent.on(new Event.Introduced(CONTACT, WATCHERS)))) {
            agent.on(new Event.Received(watcher, new AliveFrame.Subscribed(CONTACT, true)));
        }
    }

    private List<Action> answer(AliveFrame.Ping ping, long sequence) {
        var lease = Optional.of(TestKeys.lease(1, sequence, WATCHERS));
        return agent.receives(
                1,
                new AliveFrame.Pong(
                        ping.nonce(),
                        100,
                        ping.held() == AliveFrame.Ping.NO_LEASE_WANTED ? Optional.empty() : lease));
    }

    private static Obituary obituary(int fromVoter, int count) {
        var votes = new ArrayList<SignedVote>();
        for (int voter = fromVoter; voter < fromVoter + count; voter++) {
            votes.add(TestKeys.vote(voter, 1, 100));
        }
        return TestKeys.obituary(TestKeys.lease(1, 100, WATCHERS), votes);
    }

    @Test
    void aNewContactIsAskedForItsLeaseAndTwoOfItsWatchersAreToldToTellUs() {
        var introduce = frames(hot(), 1, AliveFrame.Introduce.class);
        assertThat(introduce)
                .singleElement()
                .satisfies(it -> assertThat(it.fingerprints()).hasSize(2));
        var asked = subscribed(agent.on(new Event.Introduced(CONTACT, WATCHERS)));
        assertThat(asked).hasSize(2).isSubsetOf(WATCHERS);
        for (var watcher : asked) {
            agent.on(new Event.Received(watcher, new AliveFrame.Subscribed(CONTACT, true)));
        }
        var quiet = new ArrayList<Action>();
        for (int minute = 0; minute < 8; minute++) {
            quiet.addAll(agent.pass(60));
            agent.linkUp(1);
        }
        assertThat(subscribed(quiet)).as("until it is renewed").isEmpty();
        for (int minute = 0; minute < 4; minute++) {
            quiet.addAll(agent.pass(60));
            agent.linkUp(1);
        }
        assertThat(subscribed(quiet)).containsAll(asked);
    }

    private static List<PeerId> subscribed(List<Action> actions) {
        return actions.stream()
                .filter(Action.Send.class::isInstance)
                .map(Action.Send.class::cast)
                .filter(send -> send.frame() instanceof AliveFrame.Subscribe)
                .map(Action.Send::to)
                .toList();
    }

    @Test
    void aWatcherThatDoesNotWatchIsReplaced() {
        hot();
        var asked = subscribed(agent.on(new Event.Introduced(CONTACT, WATCHERS)));
        var refusal = new AliveFrame.Subscribed(CONTACT, false);
        var again = agent.on(new Event.Received(asked.getFirst(), refusal));
        assertThat(pings(again, 1)).singleElement().matches(ping -> ping.held() == 0);
        var introduce =
                frames(answer(pings(again, 1).getFirst(), 100), 1, AliveFrame.Introduce.class);
        assertThat(introduce)
                .singleElement()
                .satisfies(it -> assertThat(it.fingerprints()).hasSize(1));
    }

    @Test
    void whoAnswersThePatrolIsPingedAgainInFiftySecondsOnly() {
        subscribed();
        assertThat(pings(agent.pass(44), 1)).isEmpty();
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(ping.held()).isEqualTo(AliveFrame.Ping.NO_LEASE_WANTED);
        assertThat(answer(ping, 100)).contains(new Action.MarkAlive(CONTACT));
        assertThat(pings(agent.pass(44), 1)).isEmpty();
    }

    @Test
    void whoIsSilentForSeventyFiveSecondsIsDeadAfterAnHonestNumberOfPings() {
        subscribed();
        var done = agent.pass(76);
        assertThat(pings(done, 1)).hasSizeBetween(9, 11);
        assertThat(done)
                .containsSubsequence(
                        new Action.MarkDoubted(CONTACT),
                        new Action.MarkDead(CONTACT, "it does not answer"));
    }

    @Test
    void aStallOfFifteenSecondsIsForgiven() {
        subscribed();
        agent.pass(44);
        agent.await(1, AliveFrame.Ping.class);
        assertThat(agent.pass(15)).noneMatch(Action.MarkDead.class::isInstance);
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(answer(ping, 100)).contains(new Action.MarkAlive(CONTACT));
        assertThat(agent.pass(44)).noneMatch(Action.MarkDead.class::isInstance);
    }

    @Test
    void ourOwnStallIsNobodysDeath() {
        subscribed();
        agent.pass(44);
        agent.await(1, AliveFrame.Ping.class);
        agent.stall(120);
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(answer(ping, 100)).contains(new Action.MarkAlive(CONTACT));
    }

    @Test
    void anObituaryIsConfirmedByEightPingsInFiveSeconds() {
        subscribed();
        agent.pass(30);
        var first = agent.receives(2, new AliveFrame.Buried(obituary(2, 5)));
        assertThat(pings(first, 1)).hasSize(1);
        assertThat(first).doesNotContain(new Action.MarkDoubted(CONTACT));
        var done = agent.pass(8);
        assertThat(pings(done, 1)).hasSize(7);
        assertThat(done)
                .containsSubsequence(
                        new Action.MarkDoubted(CONTACT),
                        new Action.MarkDead(CONTACT, "its watchers and we get no answer"));
    }

    @Test
    void aFalseObituaryRemovesNobodyAndItsVotersCountNoMore() {
        subscribed();
        agent.pass(30);
        var ping = pings(agent.receives(2, new AliveFrame.Buried(obituary(2, 5))), 1).getFirst();
        assertThat(answer(ping, 100)).contains(new Action.MarkAlive(CONTACT));
        agent.pass(30);
        assertThat(agent.receives(2, new AliveFrame.Buried(obituary(2, 5)))).isEmpty();
        assertThat(agent.receives(2, new AliveFrame.Buried(obituary(3, 5)))).isEmpty();
        assertThat(agent.receives(2, new AliveFrame.Buried(obituary(2, 8))))
                .as("3 of 8 are left, no quorum")
                .isEmpty();
    }

    @Test
    void anObituaryOfWhomWeJustHeardIsFalse() {
        subscribed();
        agent.pass(15);
        assertThat(agent.receives(2, new AliveFrame.Buried(obituary(2, 8)))).isEmpty();
    }

    @Test
    void whoLeftIsDeadAtOnceAndAnOldLeaveIsNothing() {
        subscribed();
        var old = Obituary.ofLeave(TestKeys.leaving(1, 99, WATCHERS).lease());
        assertThat(agent.receives(2, new AliveFrame.Buried(old))).isEmpty();
        var leave = Obituary.ofLeave(TestKeys.leaving(1, 101, WATCHERS).lease());
        assertThat(agent.receives(2, new AliveFrame.Buried(leave)))
                .contains(new Action.MarkDead(CONTACT, "it left"));
        assertThat(agent.on(new Event.Proved(CONTACT)))
                .containsExactly(new Action.MarkDead(CONTACT, "it left"));
    }

    @Test
    void aLeaveThatCannotBeDatedIsLookedInto() {
        agent.on(new Event.Hot(Set.of(CONTACT)));
        var leave = Obituary.ofLeave(TestKeys.leaving(1, 5, WATCHERS).lease());
        var done = agent.receives(2, new AliveFrame.Buried(leave));
        assertThat(done).noneMatch(Action.MarkDead.class::isInstance);
        assertThat(pings(done, 1)).hasSize(1);
    }

    @Test
    void theDeadAreLookedAtAgainLessAndLessOften() {
        subscribed();
        agent.pass(76);
        assertThat(pings(agent.pass(60), 1)).hasSizeBetween(4, 6);
        agent.pass(3 * 3600);
        assertThat(pings(agent.pass(3600), 1)).hasSizeBetween(14, 30);
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(answer(ping, 100)).contains(new Action.MarkAlive(CONTACT));
        assertThat(agent.await(1, AliveFrame.Ping.class).held()).as("subscribe again").isZero();
        agent.pass(80);
        agent.pass(24 * 3600);
        assertThat(pings(agent.pass(48 * 3600), 1)).as("forgotten").isEmpty();
    }

    @Test
    void onlyWhatIsListedIsLookedAfterAndTheDeadAreRemembered() {
        subscribed();
        agent.on(new Event.Hot(Set.of()));
        assertThat(pings(agent.pass(120), 1)).isEmpty();
        agent.on(new Event.Hot(Set.of(CONTACT)));
        agent.pass(80);
        agent.on(new Event.Hot(Set.of()));
        assertThat(pings(agent.pass(60), 1)).isNotEmpty();
    }

    @Test
    void noMoreContactsThanSixtyFourAreLookedAfter() {
        var many = Set.copyOf(TestKeys.ids(1, 80));
        agent.on(new Event.Hot(many));
        var pinged =
                agent.pass(16).stream()
                        .filter(Action.Send.class::isInstance)
                        .map(action -> ((Action.Send) action).to())
                        .distinct();
        assertThat(pinged).hasSize(LivenessConfig.HOT_MAX);
    }

    @Test
    void aBrokenLinkIsAReasonToLookAtOnce() {
        subscribed();
        agent.pass(10);
        assertThat(pings(agent.on(new Event.LinkDown(CONTACT)), 1)).hasSize(1);
        assertThat(agent.pass(26)).contains(new Action.MarkDead(CONTACT, "it does not answer"));
    }
}
