package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.gossipsub.RouterRig.TOPIC;
import static org.p2prmb.libp2p.gossipsub.RouterRig.of;
import static org.p2prmb.libp2p.gossipsub.RouterRig.peer;
import static org.p2prmb.libp2p.gossipsub.RouterRig.prunes;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.gossipsub.Rpc.Prune;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.memory.MemoryHost;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Peer exchange in PRUNE, and direct peers: whom we name, whom we dial.
final class PeerExchangeTest {
    private static final Multiaddr PUBLIC = Multiaddr.parse("/ip4/1.2.3.4/tcp/4001");
    private static final Multiaddr LOOPBACK = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");

    private final MemoryHost host = new MemoryHost(keys(1));
    private final PeerDials dials =
            new PeerDials(
                    host,
                    GossipConfig.defaults(),
                    new GossipCodec(MessageIds.SHA256, Signatures.REAL));

    private static KeyPair keys(int number) {
        return KeyPair.ed25519(Bytes.hex("%02x".formatted(number).repeat(32)));
    }

    private static Introduction introduction(int number, Multiaddr... addresses) {
        var record = new PeerRecord(keys(number).peerId(), 1, List.of(addresses));
        return new Introduction(keys(number).peerId().multihash(), record.seal(keys(number)));
    }

    private static List<Introduction> strangers(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> new Introduction(peer(100 + n).multihash(), Bytes.EMPTY))
                .toList();
    }

    @Test
    void whoLeavesNamesSixteenOthersToEachPeerOfItsMesh() {
        var rig = RouterRig.with(30);
        var prunes = prunes(rig.on(new Event.Left(TOPIC)));
        assertThat(prunes).hasSize(5);
        assertThat(prunes)
                .allSatisfy(prune -> assertThat(prune.peers()).hasSize(16).doesNotHaveDuplicates());
    }

    @Test
    void aFullMeshNamesOthersToWhomItRefuses() {
        var rig = RouterRig.with(13);
        IntStream.range(0, 12).forEach(number -> rig.graft(number, TOPIC));
        var refusal = prunes(rig.graft(12, TOPIC)).getFirst();
        assertThat(refusal.peers())
                .hasSize(12)
                .doesNotContain(new Introduction(peer(12).multihash(), Bytes.EMPTY));
    }

    @Test
    void nobodyIsNamedToAPeerWithABadScoreNorAfterABrokenBackoffNorToADirectPeer() {
        var direct = GossipConfig.defaults().withDirectPeers(Map.of(peer(2), List.of()));
        var rig = RouterRig.with(20, direct);
        rig.on(new Event.Rated(peer(0), -1));
        assertThat(prunes(rig.heartbeat()).getFirst().peers()).as("a bad score").isEmpty();
        assertThat(prunes(rig.graft(0, TOPIC)).getFirst().peers()).as("its backoff").isEmpty();
        assertThat(prunes(rig.graft(2, TOPIC)).getFirst().peers()).as("direct").isEmpty();
    }

    @Test
    void peersWithABadScoreAreNotNamed() {
        var rig = RouterRig.with(8);
        IntStream.range(0, 7).forEach(number -> rig.on(new Event.Rated(peer(number), -1)));
        rig.graft(7, TOPIC);
        assertThat(prunes(rig.on(new Event.Left(TOPIC))))
                .filteredOn(prune -> !prune.peers().isEmpty())
                .allSatisfy(prune ->
                        assertThat(prune.peers())
                                .containsExactly(
                                        new Introduction(peer(7).multihash(), Bytes.EMPTY)));
    }

    @Test
    void peersOfTheFirstVersionAreNotTold() {
        var rig = RouterRig.with(20);
        rig.agree(0, GossipVersion.V1_0);
        assertThat(prunes(rig.on(new Event.Left(TOPIC))))
                .filteredOn(prune -> prune.peers().isEmpty())
                .hasSize(1);
    }

    @Test
    void introducedPeersAreOnlyTakenFromTrustedOnesAndSixteenOfThem() {
        var twenty = new GossipConfig.Degrees(20, 10, 40, 4, 2, 6, 0.25);
        var rig = RouterRig.with(2, GossipConfig.defaults().withDegrees(twenty));
        rig.on(new Event.Rated(peer(1), 20));
        var control = Control.ofPrune(List.of(new Prune(TOPIC, strangers(40), 60)));
        assertThat(rig.receive(0, control)).isEmpty();
        var introduce = of(rig.receive(1, control), Action.Introduce.class);
        assertThat(introduce)
                .containsExactly(new Action.Introduce(peer(1), strangers(40).subList(0, 16)));
    }

    @Test
    void introducedPeersAreTakenFromThoseWhomTheConfigurationTrusts() {
        var config =
                GossipConfig.defaults()
                        .withTrusted(Set.of(peer(0)))
                        .withDirectPeers(Map.of(peer(1), List.of()));
        var rig = RouterRig.with(3, config);
        var control = Control.ofPrune(List.of(new Prune(TOPIC, strangers(1), 60)));
        assertThat(of(rig.receive(0, control), Action.Introduce.class)).hasSize(1);
        assertThat(of(rig.receive(1, control), Action.Introduce.class)).hasSize(1);
        assertThat(of(rig.receive(2, control), Action.Introduce.class)).isEmpty();
        rig.on(new Event.Disconnected(peer(0)));
        rig.connect(0, false);
        assertThat(of(rig.receive(0, control), Action.Introduce.class)).as("again").hasSize(1);
    }

    /// Whoever prunes us ends its time in the mesh, which is what it had earned until then.
    @Test
    void whatTheMeshHadEarnedCountsWhenItEnds() {
        var rig = RouterRig.with(1);
        rig.on(new Event.Rated(peer(0), 9));
        rig.pass(Duration.ofSeconds(200));
        var control = Control.ofPrune(List.of(new Prune(TOPIC, strangers(1), 60)));
        assertThat(of(rig.receive(0, control), Action.Introduce.class)).hasSize(1);
        assertThat(of(rig.receive(0, control), Action.Introduce.class)).isEmpty();
    }

    @Test
    void onlySoManyAreDialledAsATopicNeeds() {
        var rig = RouterRig.with(11);
        rig.on(new Event.Rated(peer(1), 20));
        var control = Control.ofPrune(List.of(new Prune(TOPIC, strangers(40), 60)));
        var introduce = of(rig.receive(1, control), Action.Introduce.class);
        assertThat(introduce.getFirst().peers()).as("D_high is 12").hasSize(1);
        rig.connect(11, false);
        rig.subscribe(11, TOPIC);
        assertThat(rig.receive(1, control)).isEmpty();
    }

    @Test
    void anIntroducedPeerIsDialledOnlyWithItsOwnVerifiedRecord() {
        var good = introduction(2, PUBLIC);
        var sealed = good.signedRecord();
        dials.introduced(
                keys(9).peerId(),
                List.of(
                        new Introduction(keys(4).peerId().multihash(), sealed),
                        new Introduction(
                                keys(5).peerId().multihash(), sealed.slice(0, sealed.size() - 1)),
                        new Introduction(keys(6).peerId().multihash(), Bytes.EMPTY),
                        new Introduction(host.peerId().multihash(), introduction(1).signedRecord()),
                        good));
        Eventually.holds(
                "the dial", () -> host.dialled().equals(Map.of(keys(2).peerId(), List.of(PUBLIC))));
    }

    @Test
    void addressesOfANarrowerNetworkThanTheOneTheyWereToldOnAreNotDialled() {
        // Nobody is connected, which counts as the public network.
        dials.introduced(keys(9).peerId(), List.of(introduction(2, LOOPBACK, PUBLIC)));
        Eventually.holds(
                "the dial", () -> host.dialled().equals(Map.of(keys(2).peerId(), List.of(PUBLIC))));
        var neighbour = new MemoryHost(keys(3));
        host.connect(neighbour); // In memory everybody is on the loopback network.
        dials.introduced(neighbour.peerId(), List.of(introduction(4, LOOPBACK, PUBLIC)));
        Eventually.holds(
                "the dial of both",
                () -> List.of(LOOPBACK, PUBLIC).equals(host.dialled().get(keys(4).peerId())));
    }

    @Test
    void directPeersThatAreGoneAreDialledAtTheStartAndEveryFiveMinutes() {
        var direct = Map.of(peer(0), List.<Multiaddr>of(), peer(1), List.<Multiaddr>of());
        var rig = RouterRig.with(1, GossipConfig.defaults().withDirectPeers(direct));
        var reach = new Action.Reach(Set.of(peer(1)));
        assertThat(of(rig.heartbeat(), Action.Reach.class)).containsExactly(reach);
        rig.on(new Event.Disconnected(peer(0)));
        assertThat(of(rig.pass(Duration.ofSeconds(299)), Action.Reach.class)).isEmpty();
        assertThat(of(rig.pass(Duration.ofSeconds(1)), Action.Reach.class))
                .containsExactly(new Action.Reach(Set.of(peer(0), peer(1))));
    }

    @Test
    void recordsTravelWithThePruneAndWhoHasNoneIsLeftOut() {
        var prune = new Prune(TOPIC, strangers(3), 60);
        var known = strangers(3).get(1).peerId();
        var rpc =
                Rpc.of(Control.ofPrune(List.of(prune)))
                        .withRecords(id -> id.equals(known) ? Bytes.utf8("record") : Bytes.EMPTY);
        assertThat(rpc.control().prune())
                .containsExactly(
                        new Prune(
                                TOPIC, List.of(new Introduction(known, Bytes.utf8("record"))), 60));
    }
}
