package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Watchers that lie, and old statements that are told again.
final class LivenessAttackTest {
    private static final int AGENTS = 16;

    private static AliveNetwork settled(RandomGenerator random) {
        var network = new AliveNetwork(random, AGENTS);
        network.loss = 0.02;
        network.run(Duration.ofMinutes(3).plusMillis(random.nextInt(30_000)));
        return network;
    }

    private static SignedVote vote(AliveNetwork network, PeerId liar, PeerId victim) {
        var sequence = network.leaseOf(victim).lease().lease().sequence();
        return SignedVote.seal(new Vote(liar, victim, sequence), network.keysOf(liar));
    }

    /// The liars vote, each to all watchers, and send an obituary to everybody if they are enough.
    private static void accuse(AliveNetwork network, List<PeerId> liars, PeerId victim) {
        var votes = liars.stream().map(liar -> vote(network, liar, victim)).toList();
        for (var vote : votes) {
            var liar = vote.vote().voter();
            for (var other : network.watchersOf(victim)) {
                network.send(liar, other, new AliveFrame.Voted(vote));
            }
            network.send(liar, victim, new AliveFrame.Suspected(vote.vote().sequence()));
        }
        var lease = network.leaseOf(victim);
        if (votes.size() >= lease.lease().lease().quorum()) {
            var frame = new AliveFrame.Buried(TestKeys.obituary(lease, votes));
            for (var holder : network.ids()) {
                network.send(liars.getFirst(), holder, frame);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void noNumberOfLyingWatchersRemovesALivingAgent(int lying) {
        Seeds.forEach(
                3,
                random -> {
                    var network = settled(random);
                    var victim = network.id(0);
                    for (int round = 0; round < 30; round++) {
                        var watchers = network.watchersOf(victim);
                        var liars = watchers.subList(0, Math.min(lying, watchers.size()));
                        accuse(network, liars, victim);
                        network.run(Duration.ofSeconds(20));
                    }
                    assertThat(network.falseDeaths).isZero();
                    for (var agent : network.living()) {
                        assertThat(agent.dead).isEmpty();
                        assertThat(agent.doubted).isEmpty();
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void whoeverHidesADeathHidesItForTwoMinutesAtMost(int hiding) {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random);
                    var victim = network.id(0);
                    var watchers = network.watchersOf(victim);
                    var liars = Set.copyOf(watchers.subList(0, Math.min(hiding, 8)));
                    network.swallowed =
                            (from, frame) ->
                                    liars.contains(from)
                                            && (frame instanceof AliveFrame.Voted
                                                    || frame instanceof AliveFrame.Buried);
                    network.falseReports = liars;
                    network.kill(victim, true);
                    network.run(Duration.ofSeconds(120));
                    for (var agent : network.living()) {
                        assertThat(agent.dead).contains(victim);
                    }
                    assertThat(network.falseDeaths).isZero();
                });
    }

    @Test
    void oldLeasesAndOldLeavesTellNothing() {
        Seeds.forEach(
                5,
                random -> {
                    var network = settled(random);
                    var victim = network.id(0);
                    var old = network.leaseOf(victim);
                    network.leave(victim);
                    network.run(Duration.ofSeconds(5));
                    var leave = network.leaseOf(victim);
                    for (var agent : network.living()) {
                        network.apply(
                                agent.id(), new Event.Received(victim, new AliveFrame.Leased(old)));
                        assertThat(agent.dead).as("nobody is revived").contains(victim);
                    }
                    network.restart(victim);
                    network.run(Duration.ofMinutes(3));
                    var replayed = new AliveFrame.Buried(Obituary.ofLeave(leave.lease()));
                    var before = network.falseDeaths;
                    for (var holder : network.ids()) {
                        network.send(network.id(1), holder, replayed);
                    }
                    network.run(Duration.ofSeconds(30));
                    assertThat(network.falseDeaths).as("nobody is killed").isEqualTo(before);
                    for (var agent : network.living()) {
                        assertThat(agent.dead).isEmpty();
                    }
                });
    }

    @Test
    void clocksThatAreADayOffNeitherKillNorRevive() {
        Seeds.forEach(
                5,
                random -> {
                    var network =
                            new AliveNetwork(
                                    random, 8, number -> Duration.ofHours(24L * (number % 3 - 1)));
                    network.run(Duration.ofMinutes(10));
                    assertThat(network.falseDeaths).isZero();
                    network.kill(network.id(0), true);
                    network.run(Duration.ofSeconds(60));
                    for (var agent : network.living()) {
                        assertThat(agent.dead).containsExactly(network.id(0));
                    }
                });
    }
}
