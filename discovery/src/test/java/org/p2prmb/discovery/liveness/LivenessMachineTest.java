package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;

final class LivenessMachineTest {
    private static final PeerId ALICE = KeyPair.ed25519(Bytes.wrap(seed(1))).peerId();
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final LivenessMachine machine =
            new LivenessMachine(LivenessConfig.of(INTERVAL), new Random(7));

    @Test
    void aNewNeighbourGetsOurLeaseAndIsAlive() {
        assertThat(on(0, new Event.Connected(ALICE)))
                .containsExactly(
                        new Action.RenewLease(List.of(ALICE), false), new Action.MarkAlive(ALICE));
    }

    @Test
    void ourLeaseIsRenewedEveryInterval() {
        machine.tick(START);
        on(1, new Event.Connected(ALICE));
        assertThat(machine.nextTick()).isEqualTo(at(30));
        assertThat(machine.tick(at(30)))
                .containsExactly(new Action.RenewLease(List.of(ALICE), false));
    }

    @Test
    void anAgentThatAnswersNoPingAfterAMissedLeaseIsDead() {
        connectedWithLease();
        assertThat(pings(machine.tick(at(46)))).hasSize(1);
        assertThat(pings(machine.tick(at(51)))).hasSize(1);
        assertThat(machine.tick(at(56)))
                .containsExactly(new Action.MarkDead(ALICE, "it does not answer"));
    }

    @Test
    void aPongEndsTheDoubt() {
        connectedWithLease();
        var ping = pings(machine.tick(at(46))).getFirst();
        assertThat(on(47, new Event.PongReceived(ALICE, ping.nonce())))
                .containsExactly(new Action.MarkAlive(ALICE));
        assertThat(machine.tick(at(56))).noneMatch(Action.MarkDead.class::isInstance);
    }

    @Test
    void aPongWithAnotherNonceProvesNothing() {
        connectedWithLease();
        var ping = pings(machine.tick(at(46))).getFirst();
        assertThat(on(47, new Event.PongReceived(ALICE, ping.nonce() + 1))).isEmpty();
    }

    @Test
    void aLostConnectionIsDialledAtOnceAndAgainBeforeTheAgentIsDead() {
        connectedWithLease();
        assertThat(on(5, new Event.Disconnected(ALICE))).containsExactly(new Action.Dial(ALICE));
        assertThat(on(5, new Event.DialFailed(ALICE))).isEmpty();
        assertThat(machine.tick(at(10))).containsExactly(new Action.Dial(ALICE));
        assertThat(on(11, new Event.DialFailed(ALICE)))
                .containsExactly(new Action.MarkDead(ALICE, "it cannot be reached"));
    }

    @Test
    void aReconnectionRevivesTheDead() {
        connectedWithLease();
        on(5, new Event.Disconnected(ALICE));
        machine.tick(at(10));
        on(11, new Event.DialFailed(ALICE));
        assertThat(on(20, new Event.Connected(ALICE))).contains(new Action.MarkAlive(ALICE));
    }

    @Test
    void whoLeavesIsDroppedAtOnceAndItsOldLeasesReviveNobody() {
        connectedWithLease();
        assertThat(on(2, new Event.LeaseReceived(lease(6, true))))
                .containsExactly(new Action.MarkDead(ALICE, "it left"));
        assertThat(on(3, new Event.LeaseReceived(lease(5, false)))).isEmpty();
        assertThat(on(3, new Event.Disconnected(ALICE))).isEmpty();
    }

    @Test
    void whatArrivesAfterTheConnectionWasLostIsNoProofOfLife() {
        connectedWithLease();
        var ping = pings(machine.tick(at(46))).getFirst();
        assertThat(on(47, new Event.Disconnected(ALICE))).containsExactly(new Action.Dial(ALICE));
        assertThat(on(47, new Event.LeaseReceived(lease(6, false)))).isEmpty();
        assertThat(on(47, new Event.PongReceived(ALICE, ping.nonce()))).isEmpty();
        assertThat(machine.tick(at(51))).containsExactly(new Action.Dial(ALICE));
        assertThat(on(52, new Event.DialFailed(ALICE)))
                .containsExactly(new Action.MarkDead(ALICE, "it cannot be reached"));
        assertThat(on(53, new Event.LeaseReceived(lease(7, false))))
                .as("a reason to look again")
                .containsExactly(new Action.Dial(ALICE));
    }

    @Test
    void aReplayedLeaseIsNoProofOfLife() {
        connectedWithLease();
        on(40, new Event.LeaseReceived(lease(5, false)));
        assertThat(pings(machine.tick(at(46)))).hasSize(1);
    }

    @Test
    void aNewerContactRecordIsFetchedOnce() {
        on(0, new Event.Connected(ALICE));
        assertThat(on(1, new Event.LeaseReceived(lease(5, false))))
                .contains(new Action.FetchRecord(ALICE, 9));
        assertThat(on(2, new Event.LeaseReceived(lease(6, false))))
                .containsExactly(new Action.MarkAlive(ALICE));
    }

    @Test
    void anUnwatchedAgentIsDialledWhenSomebodyAsks() {
        assertThat(on(0, new Event.Verify(ALICE))).containsExactly(new Action.Dial(ALICE));
        assertThat(on(0, new Event.Verify(ALICE))).isEmpty();
        on(1, new Event.DialFailed(ALICE));
        assertThat(machine.tick(at(5))).contains(new Action.Dial(ALICE));
        assertThat(on(6, new Event.DialFailed(ALICE)))
                .containsExactly(new Action.MarkDead(ALICE, "it cannot be reached"));
    }

    @Test
    void anAgentWithoutTheProtocolIsKeptWhenItProvesToLiveInAnotherWay() {
        on(0, new Event.Verify(ALICE));
        assertThat(on(1, new Event.Proved(ALICE))).containsExactly(new Action.MarkAlive(ALICE));
        assertThat(machine.tick(at(120))).isEmpty();
    }

    @Test
    void whoLeftIsNotRevivedByAnAnswerOfItsHost() {
        connectedWithLease();
        on(2, new Event.LeaseReceived(lease(6, true)));
        on(3, new Event.Disconnected(ALICE));
        assertThat(on(4, new Event.Proved(ALICE)))
                .containsExactly(new Action.MarkDead(ALICE, "it left"));
    }

    @Test
    void theMemoryIsBoundedAndTheDeadMakeRoomFirst() {
        var small =
                new LivenessMachine(
                        new LivenessConfig(INTERVAL, Duration.ofSeconds(10), 2), new Random(1));
        var bob = KeyPair.ed25519(Bytes.wrap(seed(2))).peerId();
        var carol = KeyPair.ed25519(Bytes.wrap(seed(3))).peerId();
        small.on(START, new Event.Connected(ALICE));
        small.on(START, new Event.LeaseReceived(lease(5, true)));
        small.on(START, new Event.Connected(bob));
        small.on(START, new Event.Connected(carol));
        assertThat(small.on(START, new Event.Leave()))
                .containsExactly(new Action.RenewLease(List.of(bob, carol), true));
    }

    private void connectedWithLease() {
        machine.tick(START);
        on(0, new Event.Connected(ALICE));
        on(1, new Event.LeaseReceived(lease(5, false)));
        machine.tick(at(30));
    }

    private static Lease lease(long sequence, boolean leaving) {
        return new Lease(
                ALICE, sequence, INTERVAL.multipliedBy(4), INTERVAL, List.of(), 9, leaving);
    }

    private List<Action> on(long second, Event event) {
        return machine.on(at(second), event);
    }

    private static List<Action.SendPing> pings(List<Action> actions) {
        return actions.stream()
                .filter(Action.SendPing.class::isInstance)
                .map(Action.SendPing.class::cast)
                .toList();
    }

    private static Instant at(long second) {
        return START.plusSeconds(second);
    }

    private static byte[] seed(int number) {
        var seed = new byte[32];
        seed[0] = (byte) number;
        return seed;
    }
}
