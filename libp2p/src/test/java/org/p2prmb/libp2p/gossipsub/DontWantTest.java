package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.forwarded;
import static org.p2prmb.libp2p.gossipsub.RouterRig.id;
import static org.p2prmb.libp2p.gossipsub.RouterRig.message;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;
import static org.p2prmb.libp2p.gossipsub.RouterRig.unwanted;
import static org.p2prmb.libp2p.gossipsub.RouterRig.wanted;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// IDONTWANT: the rules of GossipSub 1.2.
final class DontWantTest {
    private static final int LARGE = GossipConfig.defaults().limits().dontWantBytesMin();

    private static GossipMessage large(int number) {
        return message(number, TOPIC, LARGE);
    }

    /// Five peers of 1.2 in the mesh, a sixth outside.
    private static RouterRig mesh(GossipConfig config) {
        var rig = RouterRig.with(6, config);
        IntStream.range(0, 6).forEach(number -> rig.agree(number, GossipVersion.V1_2));
        return rig;
    }

    private static RouterRig mesh() {
        return mesh(GossipConfig.defaults());
    }

    private static List<Idontwant> words(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> new Idontwant(List.of(id(number))))
                .toList();
    }

    @Test
    void theMeshHearsOfALargeMessageAtItsFirstCopyBeforeItIsValidated() {
        var rig = mesh();
        var told = unwanted(rig.receive(0, large(1)));
        assertThat(told).containsOnlyKeys(peer(1), peer(2), peer(3), peer(4));
        assertThat(told.values()).containsOnly(List.of(id(1)));
        assertThat(rig.receive(1, large(1))).as("the second copy").isEmpty();
    }

    @Test
    void aSmallMessageIsNotWorthTheWord() {
        assertThat(unwanted(mesh().receive(0, message(1, TOPIC, LARGE - 1)))).isEmpty();
    }

    @Test
    void peersOfOlderVersionsAreNotTold() {
        var rig = mesh();
        rig.agree(1, GossipVersion.V1_1);
        rig.agree(2, GossipVersion.V1_0);
        assertThat(unwanted(rig.receive(0, large(1)))).containsOnlyKeys(peer(3), peer(4));
    }

    @Test
    void whoDoesNotWantAMessageIsNotSentIt() {
        var rig = mesh();
        rig.receive(0, large(1));
        rig.idontwant(1, id(1), id(2));
        assertThat(forwarded(rig.verdict(large(1), Verdict.ACCEPT)))
                .containsExactlyInAnyOrder(peer(2), peer(3), peer(4));
    }

    @Test
    void whoDoesNotWantAMessageAndAsksForItGetsIt() {
        var rig = mesh();
        rig.receive(0, large(1));
        rig.idontwant(1, id(1));
        rig.verdict(large(1), Verdict.ACCEPT);
        assertThat(forwarded(rig.iwant(1, id(1)))).containsExactly(peer(1));
    }

    @Test
    void afterThreeHeartbeatsItIsForgotten() {
        var rig = mesh();
        rig.idontwant(1, id(1));
        rig.heartbeat();
        rig.heartbeat();
        assertThat(rig.router.sizes().unwanted()).isEqualTo(1);
        rig.heartbeat();
        assertThat(rig.router.sizes().unwanted()).isZero();
        rig.receive(0, large(1));
        assertThat(forwarded(rig.verdict(large(1), Verdict.ACCEPT))).contains(peer(1));
    }

    @Test
    void onlyTheMeshAndDirectPeersAreRemembered() {
        var rig = mesh(GossipConfig.defaults().withDirectPeers(Set.of(peer(5))));
        rig.connect(6, false);
        rig.idontwant(6, id(1));
        assertThat(rig.router.sizes().unwanted()).as("a stranger").isZero();
        rig.idontwant(5, id(1));
        rig.idontwant(0, id(1));
        assertThat(rig.router.sizes().unwanted()).isEqualTo(2);
    }

    @Test
    void whatIsRememberedOfOnePeerIsBoundedAndGoesWithIt() {
        var rig = mesh();
        var idsMax = rig.config.limits().dontWantIdsMax();
        for (var beat = 0; beat < 2; beat++) {
            rig.receive(0, Control.ofIdontwant(words(beat * idsMax, idsMax)));
            rig.heartbeat();
        }
        assertThat(rig.router.sizes().unwanted()).isEqualTo(idsMax);
        rig.on(new Event.Disconnected(peer(0)));
        assertThat(rig.router.sizes().unwanted()).isZero();
    }

    @Test
    void aThousandWordsInAHeartbeatAreFreeAndMoreAreABrokenRule() {
        var rig = mesh();
        var wordsMax = rig.config.limits().dontWantsPerBeatMax();
        rig.receive(0, Control.ofIdontwant(words(0, wordsMax)));
        assertThat(rig.behaviour(0)).isZero();
        rig.receive(0, Control.ofIdontwant(words(wordsMax, 1)));
        rig.receive(0, Control.ofIdontwant(words(wordsMax + 1, 1)));
        assertThat(rig.behaviour(0)).as("once in a heartbeat").isEqualTo(1);
        rig.receive(1, large(wordsMax));
        assertThat(forwarded(rig.verdict(large(wordsMax), Verdict.ACCEPT))).contains(peer(0));
        for (var beat = 0; beat < 10; beat++) {
            rig.heartbeat();
            rig.receive(0, Control.ofIdontwant(words(0, wordsMax + 1)));
        }
        assertThat(rig.score(0)).isLessThan(rig.config.score().thresholds().graylist());
    }

    @Test
    void aPeerThatSendsWhatWeDoNotWantIsNotPunished() {
        var rig = mesh();
        assertThat(unwanted(rig.receive(0, large(1)))).containsKey(peer(1));
        rig.verdict(large(1), Verdict.ACCEPT);
        for (var time = 0; time < 100; time++) {
            rig.receive(1, large(1));
        }
        assertThat(rig.behaviour(1)).isZero();
        assertThat(rig.score(1)).isNotNegative();
    }

    @Test
    void aForgedFirstCopyDoesNotKeepTheTrueOneFromUs() {
        var rig = mesh();
        assertThat(unwanted(rig.receive(0, large(1)))).containsKey(peer(1));
        var actions = rig.on(new Event.Forged(id(1)));
        assertThat(wanted(actions)).containsExactly(id(1), id(1), id(1), id(1));
        rig.receive(1, large(1));
        assertThat(forwarded(rig.verdict(large(1), Verdict.ACCEPT)))
                .containsExactlyInAnyOrder(peer(0), peer(2), peer(3), peer(4));
    }

    @Test
    void whatIsWrittenHasTenIdsInAWordAndMoreIdsOfAWordAreNotRead() throws Exception {
        var ids = IntStream.range(0, 25).mapToObj(RouterRig::id).toList();
        var rpc = Rpc.of(Control.ofIdontwant(List.of(new Idontwant(ids))));
        var codec = new PubsubCodec(new StrictSign(MessageIds.SHA256));
        var frames = RpcWriter.encode(rpc);
        assertThat(frames).hasSize(1);
        assertThat(codec.decode(frames.getFirst().toArray()).control().idontwant())
                .extracting(word -> word.ids().size())
                .containsExactly(10, 10, 5);
        // Eleven ids of one byte each, in one word.
        var word = Bytes.hex("0a0100".repeat(11));
        var control = Bytes.hex("2a21").concat(word);
        var frame = Bytes.hex("1a23").concat(control);
        assertThat(codec.decode(frame.toArray()).control().idontwant().getFirst().ids())
                .hasSize(10);
    }
}
