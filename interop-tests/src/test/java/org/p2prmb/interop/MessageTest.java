package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.node.Agent;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.MessageFrame;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// RMB messages between a whole agent and the Rust peer, asked and answered in both directions.
@PeerProgram.Needed(PeerProgram.RUST)
final class MessageTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TEXT = "text/plain";
    private static final int AT_ONCE = 50;
    private static final int DECLINED = 1234;

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    void theRustPeerAnswersUs(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);

            var sent = send(java, rust, "echo", Bytes.utf8("hé"));

            assertThat(sent.outcome()).isEqualTo(new Outcome.Answered(TEXT, Bytes.utf8("hé")));
            var served = rust.await("messageServed");
            assertThat(served.get("source").asText()).isEqualTo(java.id());
            assertThat(served.get("uid").asText()).isEqualTo(sent.uid().toString());
            assertThat(served.get("code").asInt()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeersErrorsReachUs(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);

            assertThat(send(java, rust, "fly", Bytes.EMPTY).outcome())
                    .isEqualTo(new Outcome.Refused(404, "no handler for fly"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void weAnswerTheRustPeer(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);

            var answer =
                    rust.ask(
                            "message",
                            question(java, "echo", Map.of("payload", "hé", "schema", TEXT)));
            assertThat(answer.get("kind").asText()).isEqualTo("response");
            assertThat(answer.get("payload").asText()).isEqualTo("hé");
            assertThat(answer.get("schema").asText()).isEqualTo(TEXT);

            var ofNoSchema = rust.ask("message", question(java, "echo", Map.of("payload", "{}")));
            assertThat(ofNoSchema.get("kind").asText()).isEqualTo("response");
            assertThat(ofNoSchema.get("schema").asText()).isEqualTo(RmbMessage.JSON);
        }
    }

    @ParameterizedTest
    @EnumSource
    void ourErrorsReachTheRustPeerWithTheirCodes(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.agent()
                    .handlers()
                    .register("busy", AccessRule.ANYONE, _ -> new Answer.Declined(DECLINED, "no"));
            java.meet(dialer, rust);

            var codes = Map.of("fly", 404, "agent.info", 403, "busy", DECLINED);
            for (var expected : codes.entrySet()) {
                var answer = rust.ask("message", question(java, expected.getKey(), Map.of()));
                assertThat(answer.get("kind").asText()).isEqualTo("error");
                assertThat(answer.get("code").asInt()).isEqualTo(expected.getValue());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestPayloadPassesBothWays(Dialer dialer) throws Exception {
        var payload = random(RmbMessage.PAYLOAD_BYTES_MAX);
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);

            assertThat(send(java, rust, "echo", payload).outcome())
                    .isEqualTo(new Outcome.Answered(TEXT, payload));

            var answer = rust.ask("message", echo(java, payload));
            assertThat(answer.path("payloadHex").asText()).isEqualTo(payload.toHex());
        }
    }

    @ParameterizedTest
    @EnumSource
    void largerPayloadsAreRefused(Dialer dialer) throws Exception {
        var payload = random(RmbMessage.PAYLOAD_BYTES_MAX + 1);
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);

            assertThatThrownBy(() -> send(java, rust, "echo", payload))
                    .isInstanceOf(IllegalArgumentException.class);
            var answer = rust.ask("message", echo(java, payload));
            assertThat(answer.get("kind").asText()).isEqualTo("error");
            assertThat(answer.get("message").asText()).contains("payload is too large");
            assertThat(rust.refusal("message", echo(java, random(MessageFrame.BYTES_MAX))))
                    .contains(String.valueOf(MessageFrame.BYTES_MAX));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFrameOverTheLimitCostsOnlyItsStream(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);
            var connection = java.agent().host().connections(rust.peerId()).getFirst();
            try (var stream = connection.open(List.of(MessageServer.PROTOCOL), Arrivals.PATIENCE)) {
                stream.deadline(Arrivals.PATIENCE);
                var length = Varint.encode(MessageFrame.BYTES_MAX + 1);
                stream.write(length, 0, length.length);
                assertThatThrownBy(() -> readOne(stream)).isInstanceOf(IOException.class);
            }

            assertThat(send(java, rust, "echo", Bytes.EMPTY).outcome())
                    .isEqualTo(new Outcome.Answered(TEXT, Bytes.EMPTY));
            assertThat(java.agent().host().connections(rust.peerId())).containsExactly(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyMessagesAtOnceAreAllAnswered(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            java.meet(dialer, rust);
            var texts =
                    IntStream.range(0, AT_ONCE)
                            .mapToObj(number -> Bytes.utf8("number " + number))
                            .toList();
            var calls =
                    texts.stream()
                            .map(text -> threads.submit(() -> send(java, rust, "echo", text)))
                            .toList();
            for (var number = 0; number < AT_ONCE; number++) {
                var sent = calls.get(number).get(Arrivals.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(sent.outcome()).isEqualTo(new Outcome.Answered(TEXT, texts.get(number)));
            }
        }
    }

    private static Agent.Sent send(JavaAgent java, PeerProcess rust, String command, Bytes payload)
            throws InterruptedException {
        return java.agent()
                .send(rust.peerId(), command, TEXT, payload, Arrivals.PATIENCE, "fail-fast");
    }

    private static Map<String, ?> echo(JavaAgent java, Bytes payload) {
        return question(java, "echo", Map.of("payloadHex", payload.toHex()));
    }

    private static Map<String, ?> question(
            JavaAgent java, String command, Map<String, String> fields) {
        var all = new TreeMap<>(fields);
        all.put("peer", java.id());
        all.put("command", command);
        return all;
    }

    private static Bytes random(int size) {
        var bytes = new byte[size];
        RANDOM.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    private static void readOne(Stream stream) throws IOException {
        if (stream.read(new byte[1], 0, 1) < 0) {
            throw new EOFException("the stream ended without an answer");
        }
    }
}
