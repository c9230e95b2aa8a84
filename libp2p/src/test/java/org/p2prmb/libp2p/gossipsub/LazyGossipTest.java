package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.announced;
import static org.p2prmb.libp2p.gossipsub.RouterRig.forwarded;
import static org.p2prmb.libp2p.gossipsub.RouterRig.id;
import static org.p2prmb.libp2p.gossipsub.RouterRig.message;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;
import static org.p2prmb.libp2p.gossipsub.RouterRig.wanted;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// IHAVE, IWANT, and what they may cost.
final class LazyGossipTest {
    @Test
    void peersOutsideTheMeshHearOfTheLastMessages() {
        var rig = RouterRig.with(20);
        rig.heartbeat();
        rig.on(new Event.Published(message(1)));
        assertThat(announced(rig.heartbeat()))
                .hasSize(6)
                .doesNotContainAnyElementsOf(rig.router.mesh().of(TOPIC));
        assertThat(announced(rig.heartbeat())).hasSize(6);
        assertThat(announced(rig.heartbeat())).hasSize(6);
        assertThat(announced(rig.heartbeat())).as("after 3 heartbeats").isEmpty();
    }

    @Test
    void aQuarterOfALargeTopicHearsOfTheLastMessages() {
        var rig = RouterRig.with(106);
        rig.heartbeat();
        rig.on(new Event.Published(message(1)));
        assertThat(announced(rig.heartbeat())).hasSize(25);
    }

    @Test
    void unknownMessagesAreAskedFor() {
        var rig = RouterRig.with(2);
        rig.receive(0, message(1));
        assertThat(wanted(rig.ihave(0, id(1), id(2), id(3))))
                .containsExactlyInAnyOrder(id(2), id(3));
    }

    @Test
    void announcementsBelowTheGossipThresholdAreIgnored() {
        var rig = RouterRig.with(1);
        rig.on(new Event.Rated(peer(0), -11));
        assertThat(rig.ihave(0, id(1))).isEmpty();
    }

    @Test
    void onlyTenAnnouncementsOfOnePeerCountInAHeartbeat() {
        var rig = RouterRig.with(1);
        for (var number = 0; number < 10; number++) {
            assertThat(wanted(rig.ihave(0, id(number)))).hasSize(1);
        }
        assertThat(rig.ihave(0, id(11))).isEmpty();
        rig.heartbeat();
        assertThat(wanted(rig.ihave(0, id(11)))).hasSize(1);
    }

    @Test
    void onlyFiveThousandIdsAreAskedOfOnePeerInAHeartbeat() {
        var rig = RouterRig.with(1);
        var many = IntStream.range(0, 4_000).mapToObj(RouterRig::id).toArray(Bytes[]::new);
        var more = IntStream.range(4_000, 8_000).mapToObj(RouterRig::id).toArray(Bytes[]::new);
        assertThat(wanted(rig.ihave(0, many))).hasSize(4_000);
        assertThat(wanted(rig.ihave(0, more))).hasSize(1_000);
        assertThat(rig.ihave(0, id(9_000))).isEmpty();
    }

    @Test
    void aMessageIsServedThreeTimesToEachPeer() {
        var rig = RouterRig.with(2);
        rig.on(new Event.Published(message(1)));
        for (var time = 0; time < 3; time++) {
            assertThat(forwarded(rig.iwant(0, id(1), id(1)))).containsExactly(peer(0));
        }
        assertThat(rig.iwant(0, id(1))).isEmpty();
        assertThat(forwarded(rig.iwant(1, id(1)))).containsExactly(peer(1));
    }

    @Test
    void invalidAndOldMessagesAreNotServed() {
        var rig = RouterRig.with(2);
        rig.receive(0, message(1));
        assertThat(rig.iwant(1, id(1))).as("not judged yet").isEmpty();
        rig.verdict(message(1), Verdict.REJECT);
        assertThat(rig.iwant(1, id(1))).isEmpty();
        rig.on(new Event.Published(message(2)));
        rig.pass(Duration.ofSeconds(6));
        assertThat(rig.iwant(1, id(2))).isEmpty();
    }

    @Test
    @DisplayName("js-gossipsub#408: a promise that another kept")
    void aBrokenPromiseIsABrokenRule() {
        var rig = RouterRig.with(2);
        rig.ihave(0, id(1));
        rig.ihave(1, id(2));
        rig.receive(0, message(2)); // From another peer, but it came.
        rig.pass(Duration.ofMillis(3_200));
        assertThat(rig.behaviour(0)).isEqualTo(1);
        assertThat(rig.behaviour(1)).isZero();
        assertThat(rig.router.sizes().promises()).isZero();
    }

    /// Our load is not their fault, nor is that we left.
    @Test
    void aPromiseIsKeptEvenWhenWeHaveNoRoomForTheMessageOrLeftItsTopic() {
        var rig = RouterRig.with(2);
        rig.ihave(0, id(1));
        for (var number = 0; number < rig.config.limits().validationsMax(); number++) {
            rig.receive(1, message(100 + number));
        }
        assertThat(rig.receive(0, message(1))).as("no room").isEmpty();
        rig.ihave(1, id(2));
        rig.on(new Event.Left(TOPIC));
        rig.receive(1, message(2));
        rig.pass(Duration.ofMillis(3_200));
        assertThat(rig.behaviour(0)).isZero();
        assertThat(rig.behaviour(1)).isZero();
    }

    /// The mesh was told with IDONTWANT that we have it, or has sent it already.
    @Test
    void whatWasPostponedIsAskedForAtTheNextHeartbeat() {
        var rig = RouterRig.with(3);
        var messages = List.of(message(1, TOPIC, 2_000), message(2, TOPIC, 2_000));
        for (var message : messages) {
            rig.receive(0, message);
            rig.receive(1, message);
            assertThat(wanted(rig.on(new Event.Postponed(message.id()))))
                    .as("a busy router brings no more upon itself")
                    .isEmpty();
        }
        rig.receive(2, messages.getFirst());
        assertThat(wanted(rig.heartbeat())).containsExactly(id(2));
        assertThat(rig.receive(0, messages.getLast()))
                .contains(new GossipRouter.Action.Validate(peer(0), messages.getLast()));
        assertThat(wanted(rig.heartbeat())).isEmpty();
    }

    @Test
    void directPeersNeedNoGossip() {
        var direct = GossipConfig.defaults().withDirectPeers(Map.of(peer(0), List.of()));
        var rig = RouterRig.with(1, direct);
        rig.on(new Event.Published(message(1)));
        assertThat(announced(rig.heartbeat())).isEmpty();
    }

    @Test
    void theMemoriesAreBoundedByCountTimeAndBytes() {
        var seen = new SeenCache(Duration.ofSeconds(120), 100);
        for (var number = 0; number < 1_000; number++) {
            seen.add(RouterRig.START, message(number));
        }
        assertThat(seen.size()).isEqualTo(100);
        assertThat(seen.contains(id(999))).isTrue();
        seen.expire(RouterRig.START.plusSeconds(120));
        assertThat(seen.size()).isZero();

        var defaults = GossipConfig.defaults();
        var cache = new MessageCache(defaults.timing(), defaults.limits());
        for (var number = 0; number < 1_000; number++) {
            cache.put(message(number, TOPIC, 100_000));
        }
        assertThat(cache.size()).isEqualTo((int) (defaults.limits().cacheBytesMax() / 100_000));

        var promises = new GossipPromises(100);
        for (var number = 0; number < 1_000; number++) {
            promises.add(peer(0), id(number), RouterRig.START);
        }
        assertThat(promises.size()).isEqualTo(100);
    }
}
