package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.interop.JavaPeer.Heard;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipSub;

import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

@PeerProgram.Needed(PeerProgram.RUST)
final class IdentifyTest {
    private static final String MESSAGE = "/rmb/message/1.0.0";

    @ParameterizedTest
    @EnumSource
    void weLearnWhatTheRustPeerIs(Dialer dialer) throws Exception {
        // rust-libp2p no longer offers GossipSub to a peer that has none.
        try (var java = JavaPeer.start();
                var _ = GossipSub.start(java.host(), GossipConfig.defaults());
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            var info = java.await(Heard.Identified.class, _ -> true).info();

            assertThat(info.peer()).isEqualTo(rust.peerId());
            assertThat(info.agentVersion()).isEqualTo("rust-underlayer/0.1.0");
            assertThat(info.protocolVersion()).isEqualTo("rmb/1.0.0");
            assertThat(info.protocols())
                    .contains(
                            MESSAGE,
                            "/rmb/search/1.0.0",
                            "/rmb/contacts/1.0.0",
                            "/meshsub/1.1.0",
                            "/ipfs/ping/1.0.0",
                            "/ipfs/id/1.0.0",
                            "/ipfs/id/push/1.0.0");
            assertThat(info.listenAddresses()).contains(rust.address().withoutPeer());
            assertThat(info.observedAddress()).isEqualTo(connection.localAddress());
            // rust-libp2p seals its record in the legacy form.
            assertThat(info.signedRecord()).isNotNull();
            assertThat(info.signedRecord().peer()).isEqualTo(rust.peerId());
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("py-libp2p#761: a length in front")
    void theRustPeerLearnsWhatWeAre(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            java.host().handle(MESSAGE, _ -> {});
            var connection = dialer.connect(java, rust);

            var identified = rust.await("identified");

            assertThat(identified.get("peer").asText()).isEqualTo(java.peerId().toString());
            assertThat(identified.get("agentVersion").asText()).isEqualTo(JavaPeer.AGENT_VERSION);
            assertThat(texts(identified.get("protocols")))
                    .contains(MESSAGE, "/ipfs/ping/1.0.0", "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0");
            assertThat(identified.get("observedAddr").asText())
                    .isEqualTo(connection.remoteAddress().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void ourPeerRecordIsSignedInTheStandardForm(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            dialer.connect(java, rust);

            var answer = rust.ask("identify", Map.of("peer", java.peerId().toString()));

            assertThat(answer.get("keyIsPeers").asBoolean()).isTrue();
            assertThat(answer.get("bytes").asInt()).isLessThanOrEqualTo(4096);
            var record = answer.get("signedPeerRecord");
            assertThat(record.path("state").asText()).isEqualTo("verified");
            assertThat(record.path("form").asText()).isEqualTo("standard");
            assertThat(record.path("sequence").asLong()).isPositive();
            assertThat(texts(record.path("addresses")))
                    .containsExactly(java.address().withoutPeer().toString());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProtocolThatWeServeLaterIsPushed(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            dialer.connect(java, rust);
            rust.await("identified");

            java.host().handle("/late/1.0.0", _ -> {});

            rust.await(
                    "identified", event -> texts(event.get("protocols")).contains("/late/1.0.0"));
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }
}
