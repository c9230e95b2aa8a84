package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.grafted;
import static org.p2prmb.libp2p.gossipsub.RouterRig.of;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;
import static org.p2prmb.libp2p.gossipsub.RouterRig.pruned;
import static org.p2prmb.libp2p.gossipsub.RouterRig.prunes;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// GRAFT, PRUNE, backoff and the degrees of the mesh: the rules of GossipSub 1.1.
final class MeshTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theHeartbeatFillsTheMeshToItsDegree() {
        var rig = RouterRig.with(20);
        rig.on(new Event.Disconnected(peer(0)));
        rig.on(new Event.Disconnected(peer(1)));
        assertThat(grafted(rig.heartbeat())).hasSize(3).doesNotHaveDuplicates();
        assertThat(grafted(rig.heartbeat())).isEmpty();
    }

    @Test
    void whoIsInTheMeshIsToldAfterTheHeartbeatWhenThatHasChanged() {
        var rig = RouterRig.with(2);
        assertThat(of(rig.heartbeat(), Action.Meshed.class))
                .containsExactly(new Action.Meshed(Set.of(peer(0), peer(1))));
        assertThat(of(rig.heartbeat(), Action.Meshed.class)).isEmpty();
        rig.prune(0, 60);
        assertThat(of(rig.heartbeat(), Action.Meshed.class))
                .containsExactly(new Action.Meshed(Set.of(peer(1))));
        rig.on(new Event.Left(TOPIC));
        assertThat(of(rig.heartbeat(), Action.Meshed.class))
                .containsExactly(new Action.Meshed(Set.of()));
    }

    @Test
    void aSubscriberIsGraftedAtOnceWhileTheMeshIsTooSmall() {
        var rig = RouterRig.with(4);
        rig.connect(4, false);
        assertThat(grafted(rig.subscribe(4, TOPIC))).containsExactly(peer(4));
        rig.connect(5, false);
        assertThat(grafted(rig.subscribe(5, TOPIC))).isEmpty();
    }

    @Test
    void aPeerThatLeavesAndRejoinsIsNotGraftedEachTime() {
        var rig = RouterRig.with(1);
        var flapping = new ArrayList<SubscriptionChange>();
        for (var time = 0; time < 100; time++) {
            flapping.add(new SubscriptionChange(false, TOPIC));
            flapping.add(new SubscriptionChange(true, TOPIC));
        }
        assertThat(rig.receive(0, Rpc.of(flapping))).isEmpty();
        assertThat(grafted(rig.pass(Duration.ofSeconds(14)))).containsExactly(peer(0));
    }

    @Test
    void joiningGraftsUpToTheDegreeAtOnce() {
        var rig = new RouterRig();
        for (var number = 0; number < 20; number++) {
            rig.connect(number, false);
            rig.subscribe(number, TOPIC);
        }
        assertThat(grafted(rig.on(new Event.Joined(TOPIC)))).hasSize(6);
    }

    @Test
    @DisplayName("jvm-libp2p#472, go-pubsub#367: a backoff outlives leaving")
    void joiningGraftsAtOnceButNobodyBackedOff() {
        var rig = RouterRig.with(6);
        rig.heartbeat();
        rig.prune(0, 60);
        rig.on(new Event.Left(TOPIC));
        rig.pass(Duration.ofSeconds(13)); // The backoff of leaving, and the slack.
        assertThat(grafted(rig.on(new Event.Joined(TOPIC)))).hasSize(5).doesNotContain(peer(0));
    }

    @Test
    void aGraftForAnUnknownTopicGetsNoAnswer() {
        var rig = RouterRig.with(1);
        assertThat(rig.graft(0, "unknown")).isEmpty();
    }

    @Test
    void aGraftTakesThePeerIn() {
        var rig = RouterRig.with(7);
        assertThat(rig.inMesh(6)).isFalse();
        assertThat(rig.graft(6, TOPIC)).isEmpty();
        assertThat(rig.inMesh(6)).isTrue();
    }

    @Test
    void aGraftOfADirectPeerIsRefused() {
        var rig =
                RouterRig.with(
                        1, GossipConfig.defaults().withDirectPeers(Map.of(peer(0), List.of())));
        assertThat(pruned(rig.graft(0, TOPIC))).containsExactly(peer(0));
        rig.heartbeat();
        assertThat(rig.inMesh(0)).isFalse();
    }

    @Test
    void aGraftWithinTheBackoffIsRefusedAndPunishedTwiceWhenVeryEarly() {
        var rig = RouterRig.with(1);
        rig.prune(0, 60);
        rig.pass(Duration.ofSeconds(30));
        assertThat(pruned(rig.graft(0, TOPIC))).containsExactly(peer(0));
        assertThat(rig.behaviour(0)).isEqualTo(1);
        assertThat(pruned(rig.graft(0, TOPIC))).containsExactly(peer(0));
        assertThat(rig.behaviour(0)).as("10 s after our own PRUNE").isEqualTo(3);
        assertThat(rig.inMesh(0)).isFalse();
    }

    @Test
    void aGraftOfAPeerWithABadScoreIsRefused() {
        var rig = RouterRig.with(0);
        rig.connect(0, false);
        rig.on(new Event.Rated(peer(0), -1));
        rig.subscribe(0, TOPIC);
        var actions = rig.graft(0, TOPIC);
        assertThat(prunes(actions)).containsExactly(new Prune(TOPIC, List.of(), 60));
        assertThat(rig.inMesh(0)).isFalse();
    }

    @Test
    void aFullMeshAdmitsOnlyPeersThatWeDialled() {
        var rig = RouterRig.with(13);
        IntStream.range(0, 12).forEach(number -> rig.graft(number, TOPIC));
        assertThat(pruned(rig.graft(12, TOPIC))).containsExactly(peer(12));
        rig.connect(13, true);
        rig.subscribe(13, TOPIC);
        assertThat(rig.graft(13, TOPIC)).isEmpty();
        assertThat(rig.inMesh(13)).isTrue();
    }

    @Test
    void anOverfullMeshIsPrunedToItsDegreeAndKeepsPeersThatWeDialledAndTheBest() {
        var rig = RouterRig.with(12);
        rig.connect(12, true);
        rig.subscribe(12, TOPIC);
        rig.connect(13, true);
        rig.subscribe(13, TOPIC);
        IntStream.range(0, 14).forEach(number -> rig.graft(number, TOPIC));
        List.of(0, 1, 2, 3).forEach(best -> rig.on(new Event.Rated(peer(best), 5)));
        assertThat(pruned(rig.heartbeat())).hasSize(8);
        assertThat(rig.router.mesh().of(TOPIC))
                .containsExactlyInAnyOrder(peer(0), peer(1), peer(2), peer(3), peer(12), peer(13));
    }

    @Test
    void aMeshWithoutDialledPeersGraftsSome() {
        var rig = RouterRig.with(6);
        rig.heartbeat();
        List.of(6, 7, 8)
                .forEach(number -> {
                    rig.connect(number, true);
                    rig.subscribe(number, TOPIC);
                });
        assertThat(grafted(rig.heartbeat())).hasSize(2).isSubsetOf(peer(6), peer(7), peer(8));
    }

    @Test
    void aMeshPeerWhoseScoreFallsIsPruned() {
        var rig = RouterRig.with(6);
        rig.heartbeat();
        rig.on(new Event.Rated(peer(2), -1));
        assertThat(pruned(rig.heartbeat())).containsExactly(peer(2));
        assertThat(rig.inMesh(2)).isFalse();
    }

    @Test
    void whoPrunedUsIsGraftedAgainOnlyAfterBackoffAndSlack() {
        var rig = RouterRig.with(1);
        rig.heartbeat();
        rig.prune(0, 20);
        assertThat(rig.inMesh(0)).isFalse();
        assertThat(grafted(rig.pass(Duration.ofSeconds(21)))).isEmpty();
        assertThat(grafted(rig.pass(Duration.ofSeconds(3)))).containsExactly(peer(0));
    }

    @Test
    void aPruneWithoutBackoffMeansAMinute() {
        var rig = RouterRig.with(1);
        rig.heartbeat();
        rig.prune(0, 0);
        assertThat(grafted(rig.pass(Duration.ofSeconds(60)))).isEmpty();
        assertThat(grafted(rig.pass(Duration.ofSeconds(4)))).containsExactly(peer(0));
    }

    @Test
    @DisplayName("GHSA-gc42-3jg7-rxr2, GHSA-xqmp-fxgv-xvq5: a backoff of ages")
    void anAbsurdBackoffIsClampedToAnHour() {
        for (var seconds : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 9_223_372_037L, 3_601}) {
            var rig = RouterRig.with(1);
            rig.heartbeat();
            rig.prune(0, seconds);
            assertThat(grafted(rig.pass(Duration.ofSeconds(3_600)))).isEmpty();
            assertThat(grafted(rig.pass(Duration.ofSeconds(4)))).containsExactly(peer(0));
        }
    }

    @Test
    void leavingPrunesWithTheShortBackoff() {
        var rig = RouterRig.with(3);
        rig.heartbeat();
        assertThat(prunes(rig.on(new Event.Left(TOPIC))))
                .hasSize(3)
                .allMatch(prune -> prune.backoffSeconds() == 10);
        assertThat(grafted(rig.on(new Event.Joined(TOPIC)))).isEmpty();
    }

    @Test
    void aPoorMeshIsOpenedToBetterPeersEveryMinute() {
        var rig = RouterRig.with(9);
        rig.heartbeat();
        var outside = IntStream.range(0, 9).filter(number -> !rig.inMesh(number)).boxed().toList();
        outside.forEach(number -> rig.on(new Event.Rated(peer(number), 5)));
        assertThat(grafted(rig.pass(SECOND.multipliedBy(60))))
                .hasSize(2)
                .isSubsetOf(outside.stream().map(RouterRig::peer).toList());
    }

    @Test
    void theBackoffTableIsBounded() {
        var backoff = new Backoff(SECOND, 100);
        for (var number = 0; number < 1_000; number++) {
            backoff.record(RouterRig.START, TOPIC, peer(number), Duration.ofSeconds(60));
        }
        assertThat(backoff.size()).isEqualTo(100);
        backoff.expire(RouterRig.START.plusSeconds(61));
        assertThat(backoff.size()).isZero();
    }

    @Test
    void aShorterBackoffDoesNotEndALongerOne() {
        var backoff = new Backoff(SECOND, 100);
        backoff.record(RouterRig.START, TOPIC, peer(0), Duration.ofSeconds(60));
        backoff.record(RouterRig.START, TOPIC, peer(0), Duration.ofSeconds(10));
        assertThat(backoff.running(RouterRig.START.plusSeconds(59), TOPIC, peer(0))).isTrue();
        assertThat(backoff.running(RouterRig.START.plusSeconds(60), TOPIC, peer(0))).isFalse();
    }
}
