package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.discovery.liveness.OneAgent.pings;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;

/// Neighbour 1 has no watchers.
final class DirectRuleTest {
    private static final PeerId NEIGHBOUR = TestKeys.id(1);

    private final OneAgent agent = new OneAgent();

    private void linkedWithLease() {
        agent.linkUp(1);
        leased(5);
    }

    private List<Action> leased(long sequence) {
        return agent.receives(1, new AliveFrame.Leased(TestKeys.lease(1, sequence, List.of())));
    }

    private List<Action> down() {
        return agent.on(new Event.LinkDown(NEIGHBOUR));
    }

    private List<Action> unreachable() {
        return agent.on(new Event.Unreachable(NEIGHBOUR));
    }

    @Test
    void anAgentThatAnswersNoPingAfterAMissedLeaseIsDead() {
        linkedWithLease();
        assertThat(pings(agent.pass(44), 1)).isEmpty();
        assertThat(pings(agent.pass(2), 1)).hasSize(1);
        assertThat(pings(agent.pass(5), 1)).hasSize(3);
        assertThat(agent.pass(5)).contains(new Action.MarkDead(NEIGHBOUR, "it does not answer"));
    }

    @Test
    void aPongEndsTheDoubtButNoneWithAnotherNonce() {
        linkedWithLease();
        agent.pass(44);
        var nonce = agent.await(1, AliveFrame.Ping.class).nonce();
        assertThat(agent.receives(1, new AliveFrame.Pong(nonce + 1, 0))).isEmpty();
        assertThat(agent.receives(1, new AliveFrame.Pong(nonce, 0)))
                .containsExactly(new Action.MarkAlive(NEIGHBOUR));
        assertThat(agent.pass(44)).noneMatch(Action.MarkDead.class::isInstance);
    }

    @Test
    void aLostLinkIsDialledAtOnceAndAgainBeforeTheAgentIsDead() {
        linkedWithLease();
        assertThat(down()).containsExactly(new Action.Dial(NEIGHBOUR));
        assertThat(unreachable()).isEmpty();
        assertThat(agent.pass(5)).contains(new Action.Dial(NEIGHBOUR));
        assertThat(unreachable())
                .containsExactly(new Action.MarkDead(NEIGHBOUR, "it cannot be reached"));
    }

    @Test
    void aNewLinkRevivesTheDead() {
        linkedWithLease();
        down();
        agent.pass(11);
        assertThat(agent.linkUp(1)).contains(new Action.MarkAlive(NEIGHBOUR));
    }

    @Test
    void whoLeavesIsDroppedAtOnceAndItsOldLeasesReviveNobody() {
        linkedWithLease();
        assertThat(agent.receives(1, new AliveFrame.Leased(TestKeys.leaving(1, 6, List.of()))))
                .containsExactly(new Action.MarkDead(NEIGHBOUR, "it left"));
        assertThat(leased(5)).isEmpty();
        assertThat(down()).isEmpty();
        assertThat(agent.on(new Event.Proved(NEIGHBOUR)))
                .as("an answer of its host")
                .containsExactly(new Action.MarkDead(NEIGHBOUR, "it left"));
        assertThat(agent.linkUp(1)).contains(new Action.MarkAlive(NEIGHBOUR));
    }

    @Test
    void whatArrivesAfterTheLinkWasLostIsNoProofOfLife() {
        linkedWithLease();
        agent.pass(44);
        var ping = agent.await(1, AliveFrame.Ping.class);
        assertThat(down()).containsExactly(new Action.Dial(NEIGHBOUR));
        assertThat(leased(6)).noneMatch(Action.MarkAlive.class::isInstance);
        assertThat(agent.receives(1, new AliveFrame.Pong(ping.nonce(), 0))).isEmpty();
        agent.pass(9);
        assertThat(unreachable())
                .containsExactly(new Action.MarkDead(NEIGHBOUR, "it cannot be reached"));
        assertThat(leased(7)).as("a reason to look again").contains(new Action.Dial(NEIGHBOUR));
    }

    @Test
    void aReplayedLeaseIsNoProofOfLife() {
        linkedWithLease();
        agent.pass(40);
        assertThat(leased(5)).isEmpty();
        assertThat(pings(agent.pass(6), 1)).hasSize(1);
    }

    @Test
    void aNewerContactRecordIsFetchedOnce() {
        agent.linkUp(1);
        assertThat(leased(5)).contains(new Action.FetchRecord(NEIGHBOUR, TestKeys.RECORD));
        assertThat(leased(6)).containsExactly(new Action.MarkAlive(NEIGHBOUR));
    }

    @Test
    void anyAgentIsDialledWhenSomebodyAsks() {
        assertThat(verify()).contains(new Action.Dial(NEIGHBOUR));
        assertThat(verify()).isEmpty();
        unreachable();
        assertThat(agent.pass(5)).contains(new Action.Dial(NEIGHBOUR));
        assertThat(unreachable())
                .containsExactly(new Action.MarkDead(NEIGHBOUR, "it cannot be reached"));
        verify();
        assertThat(agent.on(new Event.Proved(NEIGHBOUR)))
                .as("the dead get their chance, in another protocol too")
                .containsExactly(new Action.MarkAlive(NEIGHBOUR));
        assertThat(agent.pass(120)).noneMatch(Action.MarkDead.class::isInstance);
    }

    private List<Action> verify() {
        return agent.on(new Event.Verify(NEIGHBOUR));
    }

    @Test
    void whoHasWatchersIsLeftToThem() {
        agent.linkUp(1);
        var lease = TestKeys.lease(1, 5, TestKeys.ids(2, 5));
        agent.receives(1, new AliveFrame.Leased(lease));
        assertThat(agent.pass(300)).noneMatch(Action.MarkDead.class::isInstance);
        assertThat(down()).isEmpty();
        assertThat(agent.pass(300)).noneMatch(Action.MarkDead.class::isInstance);
    }

    @Test
    void whoHasTooFewWatchersIsNotLeftToThem() {
        agent.linkUp(1);
        var lease = TestKeys.lease(1, 5, TestKeys.ids(2, 4));
        agent.receives(1, new AliveFrame.Leased(lease));
        assertThat(down()).containsExactly(new Action.Dial(NEIGHBOUR));
    }

    @Test
    void theMemoryIsBounded() {
        var small = new OneAgent(new LivenessConfig(TestKeys.INTERVAL, 8, 2));
        small.linkUp(1);
        small.linkUp(2);
        assertThat(small.linkUp(3)).containsExactly(new Action.MarkAlive(TestKeys.id(3)));
        assertThat(small.on(new Event.Verify(TestKeys.id(4)))).isEmpty();
        small.on(new Event.LinkDown(TestKeys.id(1)));
        assertThat(small.on(new Event.Verify(TestKeys.id(4))))
                .as("who is gone makes room")
                .containsExactly(new Action.Dial(TestKeys.id(4)));
    }
}
