package org.p2prmb.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ConnectionPair;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.contacts.MemoryOwnerBook;
import org.p2prmb.protocols.message.RmbMessage.Kind;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.MessageWire;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// What peers do that break the rules, on either side of an exchange.
final class MisanswerTest {
    private static final KeyPair ASKER = Agents.keys(1);
    private static final KeyPair AGENT = Agents.keys(2);
    private static final KeyPair MALLORY = Agents.keys(3);
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);

    private final SecureRandom random = new SecureRandom();
    private final Request request =
            Request.to(AGENT.peerId(), "echo", Bytes.utf8("{}"), random)
                    .expiringAfter(Duration.ofSeconds(5));

    private static RmbMessage message(Uid uid, KeyPair from, KeyPair to, Kind kind) {
        var header = new Header(uid, to.peerId(), NOW, Header.EXPIRATION_DEFAULT, "");
        return new RmbMessage(
                header, from.peerId(), kind, RmbMessage.JSON, Bytes.utf8("{}"), Optional.empty());
    }

    private static Bytes signed(Uid uid, KeyPair from, KeyPair to, Kind kind) {
        return MessageFrame.clear(SignedMessage.seal(message(uid, from, to, kind), from)).encoded();
    }

    /// What the asker concludes when `agent` writes what `answer` makes of the request's uid.
    private Outcome answeredBy(KeyPair agent, Request asked, Function<Uid, Bytes> answer) {
        try (var pair = new ConnectionPair(ASKER, agent)) {
            pair.rightServes(
                    MessageServer.PROTOCOL,
                    stream -> {
                        Frames.read(stream, MessageFrame.BYTES_MAX);
                        Frames.write(stream, answer.apply(asked.uid()).unsafeArray());
                    });
            return new MessageClient(ASKER, CLOCK).call(pair.left(), asked);
        }
    }

    private Outcome answered(Function<Uid, Bytes> answer) {
        return answeredBy(AGENT, request, answer);
    }

    @Test
    void anAnswerThatAnotherSignedIsNotBelieved() {
        assertThat(answered(uid -> signed(uid, MALLORY, ASKER, new Kind.Response())))
                .isInstanceOf(Outcome.Misanswered.class);
    }

    @Test
    void aCarrierMayReportAFailureButNotAnswer() {
        Kind failure = Kind.Failure.of(ErrorCode.OFFLINE, "gone");
        assertThat(answeredBy(MALLORY, request, uid -> signed(uid, MALLORY, ASKER, failure)))
                .isEqualTo(new Outcome.Refused(503, "gone"));
        var response = new Kind.Response();
        assertThat(answeredBy(MALLORY, request, uid -> signed(uid, MALLORY, ASKER, response)))
                .isInstanceOf(Outcome.Misanswered.class);
    }

    @Test
    void anErrorOfAThirdPartyIsNotBelieved() {
        Kind failure = Kind.Failure.of(ErrorCode.OFFLINE, "gone");
        assertThat(answered(uid -> signed(uid, MALLORY, ASKER, failure)))
                .isInstanceOf(Outcome.Misanswered.class);
        assertThat(answered(uid -> signed(Uid.random(random), AGENT, ASKER, failure)))
                .isInstanceOf(Outcome.Misanswered.class);
    }

    @Test
    void anAnswerToAnotherRequestOrAskerIsNotBelieved() {
        assertThat(answered(uid -> signed(Uid.random(random), AGENT, ASKER, new Kind.Response())))
                .isInstanceOf(Outcome.Misanswered.class);
        assertThat(answered(uid -> signed(uid, AGENT, MALLORY, new Kind.Response())))
                .isInstanceOf(Outcome.Misanswered.class);
        assertThat(answered(uid -> signed(uid, AGENT, ASKER, new Kind.Request("echo"))))
                .isInstanceOf(Outcome.Misanswered.class);
    }

    @Test
    void aClearAnswerToASealedRequestIsNotBelieved() {
        var sealed = request.sealedFor(SealingKey.generate(random).publicKey());
        assertThat(answeredBy(AGENT, sealed, uid -> signed(uid, AGENT, ASKER, new Kind.Response())))
                .isInstanceOf(Outcome.Misanswered.class);
    }

    @Test
    void aHeaderOtherThanTheSignedOneIsNotBelieved() {
        var outcome =
                answered(uid -> {
                    var inner =
                            SignedMessage.seal(
                                    message(uid, AGENT, ASKER, new Kind.Response()), AGENT);
                    var outer =
                            new Header(
                                    uid,
                                    ASKER.peerId(),
                                    NOW.plusMillis(1),
                                    Header.EXPIRATION_DEFAULT,
                                    "");
                    var body = new MessageFrame.Body.Clear(inner.envelope());
                    return new MessageFrame(outer, body).encoded();
                });
        assertThat(outcome).isInstanceOf(Outcome.Misanswered.class);
    }

    @Test
    void silenceIsToldFromAnAnswer() {
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(
                    MessageServer.PROTOCOL, stream -> Frames.read(stream, MessageFrame.BYTES_MAX));
            var outcome = new MessageClient(ASKER, CLOCK).call(pair.left(), request);
            assertThat(outcome).isInstanceOf(Outcome.Lost.class);
        }
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(MessageServer.PROTOCOL, stream -> new CountDownLatch(1).await());
            var hasty = request.expiringAfter(Duration.ofMillis(50));
            assertThat(new MessageClient(ASKER, CLOCK).call(pair.left(), hasty))
                    .isEqualTo(new Outcome.Expired());
        }
    }

    private MessageServer server() {
        var handlers = new Handlers();
        handlers.register("echo", AccessRule.ANYONE, call -> Answer.json("{}"));
        return new MessageServer(
                AGENT,
                List::of,
                new Access(Set.of(), new MemoryOwnerBook()),
                handlers,
                new MemoryUidLog(100_000),
                CLOCK,
                MessageSettings.defaults());
    }

    /// The server's answer to these very bytes.
    private static Kind reaction(MessageServer server, Bytes frame) throws Exception {
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(MessageServer.PROTOCOL, server);
            var stream = pair.left().open(List.of(MessageServer.PROTOCOL), Duration.ofSeconds(5));
            Frames.write(stream, frame.unsafeArray());
            var answer =
                    MessageFrame.decode(Bytes.wrap(Frames.read(stream, MessageFrame.BYTES_MAX)));
            if (!(answer.body() instanceof MessageFrame.Body.Clear(var envelope))) {
                throw new AssertionError("sealed");
            }
            return SignedMessage.open(envelope).message().kind();
        }
    }

    private static int code(Kind kind) {
        return kind instanceof Kind.Failure(var code, _) ? code : 0;
    }

    @Test
    void aRequestUnderAnothersNameIsRefused() throws Exception {
        var uid = Uid.random(random);
        var request = new Kind.Request("echo");
        assertThat(code(reaction(server(), signed(uid, MALLORY, AGENT, request)))).isEqualTo(401);
        assertThat(code(reaction(server(), signed(uid, ASKER, AGENT, request)))).isZero();
        assertThat(code(reaction(server(), signed(Uid.NONE, ASKER, AGENT, request))))
                .isEqualTo(400);
        assertThat(code(reaction(server(), signed(uid, ASKER, AGENT, new Kind.Response()))))
                .isEqualTo(400);
        assertThat(code(reaction(server(), Bytes.utf8("nonsense")))).isEqualTo(400);
    }

    @Test
    void aWellSignedMessageThatBreaksTheLimitsIsMalformedAndNotForged() throws Exception {
        var good = message(Uid.random(random), ASKER, AGENT, new Kind.Request("echo"));
        var frame = MessageFrame.clear(SignedMessage.seal(good, ASKER));
        var signed = StatementKind.MESSAGE.open(SignedMessage.seal(good, ASKER).envelope());
        var content = MessageWire.Content.parseFrom(signed.payload().unsafeArray()).toBuilder();
        var spaced =
                content.clone()
                        .setRequest(MessageWire.Content.Request.newBuilder().setCommand("a b"));
        var wordy = content.clone().setSchema("x".repeat(RmbMessage.SCHEMA_BYTES_MAX + 1));
        var bodiless = content.clone().clearRequest();
        for (var broken : List.of(spaced, wordy, bodiless)) {
            var payload = Wire.encode(broken.build());
            assertThat(code(reaction(server(), signedAs(frame.header(), payload)))).isEqualTo(400);
        }
        var noMessage = Bytes.utf8("no protobuf message");
        assertThat(code(reaction(server(), signedAs(frame.header(), noMessage)))).isEqualTo(400);
        var forged = content.clone().setSource(Wire.field(MALLORY.peerId().multihash())).build();
        assertThat(code(reaction(server(), signedAs(frame.header(), Wire.encode(forged)))))
                .isEqualTo(401);
        var unleashed = content.clone().setDelegation(Wire.field(Bytes.utf8("none"))).build();
        assertThat(code(reaction(server(), signedAs(frame.header(), Wire.encode(unleashed)))))
                .isEqualTo(401);
    }

    private static Bytes signedAs(Header header, Bytes payload) {
        var envelope = StatementKind.MESSAGE.seal(ASKER, payload);
        return new MessageFrame(header, new MessageFrame.Body.Clear(envelope)).encoded();
    }

    @Test
    void aFrameOverTheLimitCostsTheStreamBeforeItsBytesAreThere() throws Exception {
        try (var pair = new ConnectionPair(ASKER, AGENT)) {
            pair.rightServes(MessageServer.PROTOCOL, server());
            var stream = pair.left().open(List.of(MessageServer.PROTOCOL), Duration.ofSeconds(5));
            stream.write(Bytes.hex("81804000").unsafeArray(), 0, 3); // 2^20 + 1
            var read = new byte[1];
            assertThatThrownBy(() -> stream.read(read, 0, 1)).isInstanceOf(IOException.class);
        }
    }

    /// Whatever arrives, the server answers with an error or the asker's own request is answered.
    @Test
    void mutatedRequestsAreAnsweredWithErrors() throws Exception {
        var server = server();
        var original = signed(Uid.random(random), ASKER, AGENT, new Kind.Request("echo"));
        assertThat(code(reaction(server, original))).isZero();
        Seeds.forEach(
                300,
                source -> {
                    var mutant = Bytes.wrap(Seeds.mutate(source, original.unsafeArray()));
                    if (!opens(mutant)) {
                        assertThat(code(reaction(server, mutant))).isBetween(400, 499);
                    }
                });
    }

    private static boolean opens(Bytes frame) {
        try {
            var decoded = MessageFrame.decode(frame);
            return decoded.body() instanceof MessageFrame.Body.Clear(var envelope)
                    && SignedMessage.open(envelope).message().header().equals(decoded.header());
        } catch (ProtocolException e) {
            return false;
        }
    }
}
