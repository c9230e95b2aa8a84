package org.p2prmb.discovery.liveness;

import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// One machine with number 0 of the [TestKeys]: events in, actions out. What it wants signed is
/// signed at once, as a shell would do it.
final class OneAgent {
    static final PeerId SELF = TestKeys.id(0);

    final LivenessMachine machine;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long sequence = 1_700_000_000_000L;

    OneAgent() {
        this(LivenessConfig.of(TestKeys.INTERVAL));
    }

    OneAgent(LivenessConfig config) {
        machine = new LivenessMachine(SELF, config, new SplittableRandom(7));
    }

    List<Action> on(Event event) {
        return carriedOut(machine.on(now, event));
    }

    List<Action> receives(int from, AliveFrame frame) {
        return on(new Event.Received(TestKeys.id(from), frame));
    }

    List<Action> linkUp(int peer) {
        return on(new Event.LinkUp(TestKeys.id(peer)));
    }

    /// Lets time pass; returns all that was done meanwhile.
    List<Action> pass(Duration time) {
        var done = new ArrayList<Action>();
        var end = now.plus(time);
        while (!machine.nextTick().isAfter(end)) {
            now = machine.nextTick().isAfter(now) ? machine.nextTick() : now;
            done.addAll(carriedOut(machine.tick(now)));
        }
        now = end;
        return done;
    }

    List<Action> pass(long seconds) {
        return pass(Duration.ofSeconds(seconds));
    }

    /// Time passes, but this agent does not run.
    void stall(long seconds) {
        now = now.plusSeconds(seconds);
    }

    /// Lets time pass until a frame of this kind goes to that agent.
    <F extends AliveFrame> F await(int peer, Class<F> kind) {
        for (int steps = 0; steps < 10_000; steps++) {
            now = machine.nextTick().isAfter(now) ? machine.nextTick() : now;
            var sent = frames(carriedOut(machine.tick(now)), peer, kind);
            if (!sent.isEmpty()) {
                return sent.getFirst();
            }
        }
        throw new AssertionError("no " + kind.getSimpleName() + " is sent");
    }

    private List<Action> carriedOut(List<Action> actions) {
        var all = new ArrayList<Action>();
        for (var action : actions) {
            all.add(action);
            switch (action) {
                case Action.SignLease(var watchers, var leaving) -> {
                    var lease =
                            new Lease(
                                    SELF,
                                    ++sequence,
                                    TestKeys.INTERVAL.multipliedBy(4),
                                    TestKeys.INTERVAL,
                                    watchers.commitment(),
                                    1,
                                    leaving);
                    var signed = SignedLease.seal(lease, TestKeys.of(0));
                    all.addAll(on(new Event.LeaseSigned(signed, watchers)));
                }
                case Action.SignVote(var subject, var held) -> {
                    var vote = SignedVote.seal(new Vote(SELF, subject, held), TestKeys.of(0));
                    all.addAll(on(new Event.VoteSigned(vote)));
                }
                default -> {} // For the test to look at.
            }
        }
        return all;
    }

    /// The frames of a kind that were sent to one agent.
    static <F extends AliveFrame> List<F> frames(List<Action> actions, int to, Class<F> kind) {
        return actions.stream()
                .filter(Action.Send.class::isInstance)
                .map(Action.Send.class::cast)
                .filter(send -> send.to().equals(TestKeys.id(to)))
                .map(Action.Send::frame)
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }

    static List<AliveFrame.Ping> pings(List<Action> actions, int to) {
        return frames(actions, to, AliveFrame.Ping.class);
    }
}
