package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Validator;

import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;

/// GossipSub 1.1 with StrictSign, and the message id that all peers of a topic compute alike.
@PeerProgram.Needed(PeerProgram.RUST)
final class GossipTest {
    private static final String TOPIC = "rmb/exchange/1/TFT/USD";

    /// Both peers in the topic, and each knows it of the other.
    private record Meeting(JavaPeer java, PeerProcess rust, GossipSub gossip)
            implements AutoCloseable {
        static Meeting in(Dialer dialer, Arrivals<GossipMessage> arrivals) throws Exception {
            var java = JavaPeer.start();
            var gossip = GossipSub.start(java.host(), GossipConfig.defaults());
            var meeting = new Meeting(java, RustPeer.start(), gossip);
            gossip.subscribe(TOPIC, Validator.ACCEPT_ALL, arrivals::add);
            meeting.rust.ask("subscribe", Map.of("topic", TOPIC));
            dialer.connect(java, meeting.rust);
            meeting.rust.await("peerSubscribed");
            await().atMost(Arrivals.PATIENCE)
                    .until(() -> gossip.peers(TOPIC).contains(meeting.rust.peerId()));
            return meeting;
        }

        @Override
        public void close() {
            gossip.close();
            rust.close();
            java.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("rust-libp2p#1671: our message ids")
    void ourMessageArrivesWithTheSameId(Dialer dialer) throws Exception {
        try (var meeting = Meeting.in(dialer, new Arrivals<>("our topic"))) {
            var id = meeting.gossip().publish(TOPIC, Bytes.utf8("sell 1000"));

            var gossip = meeting.rust().await("gossip");
            assertThat(gossip.get("messageId").asText()).isEqualTo(id.toHex()).hasSize(40);
            assertThat(gossip.get("data").asText()).isEqualTo(Bytes.utf8("sell 1000").toHex());
            assertThat(gossip.get("topic").asText()).isEqualTo(TOPIC);
            assertThat(gossip.get("from").asText()).isEqualTo(meeting.java().peerId().toString());
            assertThat(meeting.rust().seen("refused")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("rust-libp2p#1671: theirs")
    void theRustPeersMessageArrivesWithTheSameId(Dialer dialer) throws Exception {
        var arrivals = new Arrivals<GossipMessage>("our topic");
        try (var meeting = Meeting.in(dialer, arrivals)) {
            var data = HexFormat.of().formatHex(new byte[] {0, (byte) 0xff, 7});
            var published = meeting.rust().ask("publish", Map.of("topic", TOPIC, "data", data));

            var message = arrivals.await("message", _ -> true);
            assertThat(message.id().toHex()).isEqualTo(published.get("messageId").asText());
            assertThat(message.from()).isEqualTo(meeting.rust().peerId());
            assertThat(message.data().toHex()).isEqualTo(data);
            assertThat(message.topic()).isEqualTo(TOPIC);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageTravelsOverTheOtherImplementation(Dialer dialer) throws Exception {
        var arrivals = new Arrivals<GossipMessage>("the far peer");
        try (var meeting = Meeting.in(dialer, new Arrivals<>("our topic"));
                var far = JavaPeer.start();
                var farGossip = GossipSub.start(far.host(), GossipConfig.defaults())) {
            farGossip.subscribe(TOPIC, Validator.ACCEPT_ALL, arrivals::add);
            dialer.connect(far, meeting.rust());
            meeting.rust()
                    .await(
                            "peerSubscribed",
                            event -> event.get("peer").asText().equals(far.peerId().toString()));

            // Until the far peer is in the Rust peer's mesh, nothing is forwarded to it.
            var ids = new HashSet<Bytes>();
            await().atMost(Arrivals.PATIENCE)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        ids.add(meeting.gossip().publish(TOPIC, Bytes.utf8("over rust")));
                        return !arrivals.seen(_ -> true).isEmpty();
                    });

            var message = arrivals.await("message", _ -> true);
            assertThat(ids).contains(message.id());
            assertThat(message.from()).isEqualTo(meeting.java().peerId());
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavingATopicIsTold(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start();
                var gossip = GossipSub.start(java.host(), GossipConfig.defaults())) {
            dialer.connect(java, rust);
            var membership = gossip.subscribe(TOPIC, Validator.ACCEPT_ALL, _ -> {});
            rust.await("peerSubscribed");

            membership.close();

            assertThat(rust.await("peerUnsubscribed").get("topic").asText()).isEqualTo(TOPIC);
        }
    }
}
