package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.announced;
import static org.p2prmb.libp2p.gossipsub.RouterRig.forwarded;
import static org.p2prmb.libp2p.gossipsub.RouterRig.grafted;
import static org.p2prmb.libp2p.gossipsub.RouterRig.message;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;
import static org.p2prmb.libp2p.gossipsub.RouterRig.pruned;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;

import java.util.List;

/// What peers of older versions get from us.
final class GossipVersionTest {
    @Test
    void theNewestIsProposedFirst() {
        assertThat(GossipConfig.defaults().streams().protocols())
                .containsExactly(
                        "/meshsub/1.2.0", "/meshsub/1.1.0", "/meshsub/1.0.0", "/floodsub/1.0.0");
    }

    @Test
    void whatIsSpokenIsProposedTheNewestFirstAndSomethingIsSpoken() {
        var streams = GossipConfig.defaults().streams();
        var old = List.of(GossipVersion.V1_0, GossipVersion.V1_1, GossipVersion.V1_0);
        assertThat(streams.withVersions(old).protocols())
                .containsExactly("/meshsub/1.1.0", "/meshsub/1.0.0");
        assertThatThrownBy(() -> streams.withVersions(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPeerOfFloodsubIsInNoMeshAndGetsEveryMessage() {
        var rig = RouterRig.with(3);
        assertThat(rig.inMesh(0)).isTrue();
        assertThat(pruned(rig.agree(0, GossipVersion.FLOODSUB))).isEmpty();
        assertThat(rig.inMesh(0)).isFalse();
        assertThat(grafted(rig.heartbeat())).isEmpty();
        rig.receive(1, message(1));
        assertThat(forwarded(rig.verdict(message(1), Verdict.ACCEPT)))
                .containsExactlyInAnyOrder(peer(0), peer(2));
        assertThat(announced(rig.heartbeat())).doesNotContain(peer(0));
    }

    @Test
    void aPeerOfFloodsubBelowThePublishThresholdGetsNothing() {
        var rig = RouterRig.with(2);
        rig.agree(0, GossipVersion.FLOODSUB);
        rig.on(new Event.Rated(peer(0), -51));
        rig.receive(1, message(1));
        assertThat(forwarded(rig.verdict(message(1), Verdict.ACCEPT))).isEmpty();
    }

    @Test
    void aGraftOfAPeerOfFloodsubIsRefused() {
        var rig = RouterRig.with(1);
        rig.agree(0, GossipVersion.FLOODSUB);
        assertThat(pruned(rig.graft(0, TOPIC))).containsExactly(peer(0));
    }

    @Test
    void peersOfTheFirstVersionAreInTheMesh() {
        var rig = RouterRig.with(1);
        rig.agree(0, GossipVersion.V1_0);
        assertThat(rig.inMesh(0)).isTrue();
    }
}
