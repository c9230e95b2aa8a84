package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.MessageFrame.Body;
import org.p2prmb.protocols.message.RmbMessage.Kind;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Asks other agents: one request and its answer over one stream. Safe for many threads.
public final class MessageClient {
    private final KeyPair keys;
    private final InstantSource clock;

    /// @param keys our own identity, which signs the requests
    /// @param clock of the messages' times: a wall clock that never runs backwards
    public MessageClient(KeyPair keys, InstantSource clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /// Sends the request and waits for its answer until it expires.
    ///
    /// Throws `IllegalArgumentException` when the request is too large or its sealing key is none.
    public Outcome call(Connection connection, Request request) {
        var outgoing = outgoing(request);
        var deadline = clock.instant().plus(request.expiration());
        Stream stream;
        try {
            stream = connection.open(List.of(MessageServer.PROTOCOL), request.expiration());
        } catch (IOException e) {
            return new Outcome.Offline(reason(e));
        }
        try (stream) {
            var left = Duration.between(clock.instant(), deadline);
            if (!left.isPositive()) {
                return new Outcome.Offline("the time was over before the stream was open");
            }
            stream.deadline(left);
            Frames.write(stream, outgoing.frame().encoded().unsafeArray());
            stream.closeWrite();
            var answer = Bytes.wrap(Frames.read(stream, MessageFrame.BYTES_MAX));
            return judge(answer, outgoing, connection.remotePeer());
        } catch (SocketTimeoutException e) {
            return new Outcome.Expired();
        } catch (ProtocolException e) {
            return new Outcome.Misanswered(reason(e));
        } catch (IOException e) {
            return new Outcome.Lost(reason(e));
        }
    }

    /// A frame on its way, and what its answer will be measured by.
    private record Outgoing(MessageFrame frame, Optional<Bytes> answerSecret) {
        Header header() {
            return frame.header();
        }
    }

    private Outgoing outgoing(Request request) {
        var header =
                new Header(
                        request.uid(),
                        request.destination(),
                        Instant.ofEpochMilli(clock.millis()),
                        request.expiration(),
                        request.tags());
        var message =
                new RmbMessage(
                        header,
                        keys.peerId(),
                        new Kind.Request(request.command()),
                        request.schema(),
                        request.payload(),
                        request.delegation());
        var signed = SignedMessage.seal(message, keys);
        if (request.sealingKey().isEmpty()) {
            return new Outgoing(MessageFrame.clear(signed), Optional.empty());
        }
        var sent = Seal.seal(signed, request.sealingKey().get());
        return new Outgoing(sent.frame(), Optional.of(sent.answerSecret()));
    }

    private Outcome judge(Bytes encoded, Outgoing request, PeerId hop) throws ProtocolException {
        var frame = MessageFrame.decode(encoded);
        var secret = request.answerSecret();
        var wasSealed = frame.body() instanceof Body.Sealed;
        var envelope =
                switch (frame.body()) {
                    case Body.Clear(var clear) -> clear;
                    case Body.Sealed(var sealed) -> {
                        require(secret.isPresent(), "a sealed answer to a clear request");
                        yield Seal.openAnswer(sealed, frame.header(), secret.orElseThrow());
                    }
                };
        var answer = SignedMessage.open(envelope).message();
        require(answer.header().equals(frame.header()), "the signed header is another one");
        require(answer.header().destination().equals(keys.peerId()), "an answer to another agent");
        var fromDestination = answer.source().equals(request.header().destination());
        var uid = answer.header().uid();
        return switch (answer.kind()) {
            case Kind.Request _ -> throw new ProtocolException("a request instead of an answer");
            case Kind.Response() -> {
                require(fromDestination, "answered by another agent");
                require(uid.equals(request.header().uid()), "an answer to another request");
                require(wasSealed == secret.isPresent(), "a clear answer to a sealed request");
                yield new Outcome.Answered(answer.schema(), answer.payload());
            }
            case Kind.Failure(var code, var text) -> {
                var fromHop = answer.source().equals(hop);
                require(fromDestination || fromHop, "an error from another agent");
                // Only who stands on this very stream may leave out which request it means.
                require(
                        uid.equals(request.header().uid()) || (fromHop && uid.equals(Uid.NONE)),
                        "an error for another request");
                yield new Outcome.Refused(code, text);
            }
        };
    }

    private static void require(boolean holds, String complaint) throws ProtocolException {
        if (!holds) {
            throw new ProtocolException(complaint);
        }
    }

    private static String reason(IOException e) {
        return String.valueOf(e.getMessage());
    }
}
