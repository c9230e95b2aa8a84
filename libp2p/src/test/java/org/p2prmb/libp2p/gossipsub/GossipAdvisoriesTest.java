package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.grafted;
import static org.p2prmb.libp2p.gossipsub.RouterRig.message;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.gossipsub.Rpc.Ihave;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.gossipsub.Rpc.SubscriptionChange;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/// What was published against other routers, or failed between them, done to ours.
final class GossipAdvisoriesTest {
    private static List<SubscriptionChange> subscriptions(int first, int count, boolean join) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> new SubscriptionChange(join, "topic/" + number))
                .toList();
    }

    @Test
    @DisplayName("CVE-2026-46679: a million topics in small RPCs, and again")
    void aMillionTopicsInSmallRpcsLeaveNothing() {
        var rig = new RouterRig();
        var topicsMax = rig.config.limits().topicsPerPeerMax();
        for (var round = 0; round < 2; round++) {
            rig.connect(0, false);
            for (var first = 0; first < 1_000_000; first += 100) {
                rig.receive(0, Rpc.of(subscriptions(first, 100, true)));
                if (first % 3 == 0) {
                    rig.receive(0, Rpc.of(subscriptions(first, 100, false)));
                }
            }
            assertThat(rig.router.sizes().topics()).isLessThanOrEqualTo(topicsMax);
            rig.on(new Event.Disconnected(peer(0)));
            rig.pass(Duration.ofHours(2));
            assertThat(rig.router.sizes()).isEqualTo(RouterSizes.NOTHING);
        }
    }

    @Test
    @DisplayName("CVE-2026-46679: everything else that a peer can have us remember")
    void whatAPeerHadUsRememberGoesAfterIt() {
        var rig = RouterRig.with(1);
        var ids = IntStream.range(0, 5_000).mapToObj(RouterRig::id).toList();
        var prune = new Prune(TOPIC, List.of(), -1);
        for (var round = 0; round < 10; round++) {
            rig.receive(0, Control.ofIhave(List.of(new Ihave(TOPIC, ids))));
            rig.receive(0, Control.ofIwant(ids));
            rig.receive(0, Control.ofIdontwant(List.of(new Idontwant(ids.subList(0, 10)))));
            rig.receive(0, Control.ofPrune(List.of(prune, prune)));
            rig.graft(0, TOPIC);
            rig.receive(0, message(round));
            rig.heartbeat();
        }
        rig.on(new Event.Disconnected(peer(0)));
        rig.on(new Event.Left(TOPIC));
        rig.pass(Duration.ofHours(2));
        assertThat(rig.router.sizes()).isEqualTo(RouterSizes.NOTHING);
    }

    @Test
    @DisplayName("GHSA-gc42-3jg7-rxr2, GHSA-xqmp-fxgv-xvq5: a backoff overflows the clock")
    void noBackoffStopsTheHeartbeat() {
        var rig = RouterRig.with(3);
        for (var border : new long[] {-1, Long.MAX_VALUE, 9_223_372_036L, 9_223_372_037L}) {
            rig.prune(0, border);
            rig.heartbeat();
        }
        assertThat(rig.inMesh(1)).isTrue();
        assertThat(grafted(rig.pass(Duration.ofSeconds(3_603)))).contains(peer(0));
    }

    @Test
    @DisplayName("rust-libp2p#4820, js-libp2p#3427: RPCs that the other side does not read")
    void whatWeWriteIsReadEverywhere() {
        var messages = IntStream.range(0, 1_000).mapToObj(n -> message(n, TOPIC, 5_000)).toList();
        var frames = RpcWriter.encode(new Rpc(List.of(), messages, List.of(), Control.NONE));
        assertThat(frames).allMatch(frame -> frame.size() <= 64 * 1024).hasSizeGreaterThan(75);
    }

    @Test
    @DisplayName("teku#11265: a filter drops RPCs with more than 100 subscriptions")
    void aHundredSubscriptionsTravelInOneRpc() throws Exception {
        var codec = new PubsubCodec(new StrictSign(MessageIds.SHA256));
        var frames = RpcWriter.encode(Rpc.of(subscriptions(0, 250, true)));
        var sizes = new int[frames.size()];
        for (var frame = 0; frame < sizes.length; frame++) {
            sizes[frame] = codec.decode(frames.get(frame).toArray()).subscriptions().size();
        }
        assertThat(sizes).containsExactly(100, 100, 50);
    }

    @Test
    @DisplayName("jvm-libp2p#472: a GRAFT within the backoff, after subscribing again")
    void subscribingAgainRespectsTheBackoffOfEachPeer() {
        var rig = RouterRig.with(4);
        rig.prune(0, 60);
        rig.on(new Event.Left(TOPIC));
        rig.pass(Duration.ofSeconds(20));
        assertThat(grafted(rig.on(new Event.Joined(TOPIC))))
                .containsExactlyInAnyOrder(peer(1), peer(2), peer(3));
    }

    @Test
    @DisplayName("js-gossipsub#408: an answer to IWANT that comes late but comes")
    void aMessageThatCameFromAnybodyBreaksNoPromise() {
        var rig = RouterRig.with(2);
        rig.ihave(0, RouterRig.id(1));
        rig.receive(1, message(1));
        rig.pass(Duration.ofSeconds(5));
        rig.receive(0, message(1));
        assertThat(rig.behaviour(0)).isZero();
        assertThat(rig.score(0)).isNotNegative();
    }

    @Test
    @DisplayName("rust-libp2p#6275: extensions of 1.3 from a peer of an older version")
    void extensionsAreIgnored() throws Exception {
        var codec = new PubsubCodec(new StrictSign(MessageIds.SHA256));
        // ControlMessage.extensions with partialMessages, RPC.partial, RPC.testExtension.
        var frame = Bytes.hex("1a043202500152020a00a2ae9f1800");
        assertThat(codec.decode(frame.toArray())).isEqualTo(Rpc.of(Control.NONE));
    }
}
