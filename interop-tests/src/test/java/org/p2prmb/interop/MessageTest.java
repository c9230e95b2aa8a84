package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.MessageFrame;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.MessageSettings;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;
import org.p2prmb.protocols.message.RmbMessage;

/// RMB messages, asked and answered in both directions.
@RustProgram.Needed
final class MessageTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String TEXT = "text/plain";
    private static final int AT_ONCE = 50;

    private static JavaPeer server() throws IOException {
        var java = JavaPeer.start();
        var handlers =
                new Handlers()
                        .register(
                                "echo",
                                AccessRule.ANYONE,
                                call -> new Answer.Result(call.schema(), call.payload()))
                        .register("closed", AccessRule.OWNER, _ -> Answer.json("{}"))
                        .register("busy", AccessRule.ANYONE, _ -> new Answer.Declined(1234, "no"));
        java.host()
                .handle(
                        MessageServer.PROTOCOL,
                        new MessageServer(
                                java.host().keys(),
                                List::of,
                                new Access(Set.of(), new NoOwners()),
                                handlers,
                                new MemoryUids(),
                                new MonotonicClock(),
                                MessageSettings.defaults()));
        return java;
    }

    private static Outcome call(JavaPeer java, Connection connection, Request request) {
        return new MessageClient(java.host().keys(), new MonotonicClock())
                .call(connection, request);
    }

    private static Request request(RustPeer rust, String command, Bytes payload) {
        return Request.to(rust.peerId(), command, payload, RANDOM)
                .ofSchema(TEXT)
                .expiringAfter(Arrivals.PATIENCE);
    }

    private static Bytes random(int size) {
        var bytes = new byte[size];
        RANDOM.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeerAnswersUs(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);
            var request = request(rust, "echo", Bytes.utf8("hé"));

            var outcome = call(java, connection, request);

            assertThat(outcome).isEqualTo(new Outcome.Answered(TEXT, Bytes.utf8("hé")));
            var served = rust.await("messageServed");
            assertThat(served.get("source").asText()).isEqualTo(java.peerId().toString());
            assertThat(served.get("uid").asText()).isEqualTo(request.uid().toString());
            assertThat(served.get("code").asInt()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeerHasNoHandlerForUs(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            var outcome = call(java, connection, request(rust, "fly", Bytes.EMPTY));

            assertThat(outcome).isEqualTo(new Outcome.Refused(404, "no handler for fly"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void weAnswerTheRustPeer(Dialer dialer) throws Exception {
        try (var java = server();
                var rust = RustPeer.start()) {
            dialer.connect(java, rust);
            var question = Map.of("peer", java.peerId().toString(), "command", "echo");

            var answer =
                    rust.ask("message", with(question, Map.of("payload", "hé", "schema", TEXT)));
            assertThat(answer.get("kind").asText()).isEqualTo("response");
            assertThat(answer.get("payload").asText()).isEqualTo("hé");
            assertThat(answer.get("schema").asText()).isEqualTo(TEXT);

            var ofNoSchema = rust.ask("message", with(question, Map.of("payload", "{}")));
            assertThat(ofNoSchema.get("kind").asText()).isEqualTo("response");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ourErrorsReachTheRustPeerWithTheirCodes(Dialer dialer) throws Exception {
        try (var java = server();
                var rust = RustPeer.start()) {
            dialer.connect(java, rust);
            var codes = Map.of("fly", 404, "closed", 403, "busy", 1234);
            for (var expected : codes.entrySet()) {
                var question =
                        Map.of("peer", java.peerId().toString(), "command", expected.getKey());
                var answer = rust.ask("message", question);
                assertThat(answer.get("kind").asText()).isEqualTo("error");
                assertThat(answer.get("code").asInt()).isEqualTo(expected.getValue());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLargestPayloadPassesBothWays(Dialer dialer) throws Exception {
        var payload = random(RmbMessage.PAYLOAD_BYTES_MAX);
        try (var java = server();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            assertThat(call(java, connection, request(rust, "echo", payload)))
                    .isEqualTo(new Outcome.Answered(TEXT, payload));

            var answer = rust.ask("message", echo(java, payload));
            assertThat(answer.path("payloadHex").asText()).isEqualTo(payload.toHex());
        }
    }

    @ParameterizedTest
    @EnumSource
    void largerPayloadsAreRefused(Dialer dialer) throws Exception {
        var payload = random(RmbMessage.PAYLOAD_BYTES_MAX + 1);
        try (var java = server();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            assertThatThrownBy(
                            () -> call(java, connection, request(rust, "echo", payload)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(rust.ask("message", echo(java, payload)).get("code").asInt()).isEqualTo(400);
            assertThat(rust.refusal("message", echo(java, random(MessageFrame.BYTES_MAX))))
                    .contains("1048576");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFrameOverTheLimitCostsOnlyItsStream(Dialer dialer) throws Exception {
        try (var java = server();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);
            try (var stream =
                    connection.open(List.of(MessageServer.PROTOCOL), Arrivals.PATIENCE)) {
                stream.deadline(Arrivals.PATIENCE);
                var length = Varint.encode(MessageFrame.BYTES_MAX + 1);
                stream.write(length, 0, length.length);
                assertThatThrownBy(() -> readToEnd(stream)).isInstanceOf(IOException.class);
            }

            var outcome = call(java, connection, request(rust, "echo", Bytes.utf8("still here")));
            assertThat(outcome).isInstanceOf(Outcome.Answered.class);
        }
    }

    private static void readToEnd(Stream stream) throws IOException {
        if (stream.read(new byte[1], 0, 1) < 0) {
            throw new EOFException("the stream ended without an answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyMessagesAtOnceAreAllAnswered(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var connection = dialer.connect(java, rust);
            var calls =
                    IntStream.range(0, AT_ONCE)
                            .mapToObj(number -> Bytes.utf8("number " + number))
                            .map(text -> request(rust, "echo", text))
                            .map(request -> threads.submit(() -> call(java, connection, request)))
                            .toList();
            for (var number = 0; number < AT_ONCE; number++) {
                var outcome =
                        calls.get(number).get(Arrivals.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(outcome)
                        .isEqualTo(new Outcome.Answered(TEXT, Bytes.utf8("number " + number)));
            }
        }
    }

    private static Map<String, ?> echo(JavaPeer java, Bytes payload) {
        return Map.of(
                "peer",
                java.peerId().toString(),
                "command",
                "echo",
                "payloadHex",
                payload.toHex());
    }

    private static Map<String, ?> with(Map<String, String> first, Map<String, String> second) {
        var all = new TreeMap<>(first);
        all.putAll(second);
        return all;
    }
}
