package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.RmbMessage.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Serves `/rmb/message/1.0.0`: takes one request from a stream and writes one answer.
///
/// ```text
/// read -> verify -> allowed? -> claim the uid -> run the handler -> store the answer -> send it
///     \-------- an error at any step is signed and sent as the answer --------/
/// ```
///
/// The uid is on disk before the handler runs, and the answer before it leaves, so a request that
/// is repeated or replayed never runs twice and gets the first answer again.
public final class MessageServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/message/1.0.0";

    private static final Logger log = LoggerFactory.getLogger(MessageServer.class);

    private final KeyPair keys;
    private final Supplier<List<SealingKey>> sealingKeys;
    private final UidLog uids;
    private final InstantSource clock;
    private final MessageSettings settings;
    private final CallSlots slots;
    private final AnswerSigner answers;
    private final Dispatcher dispatcher;

    /// @param keys our own identity, which signs the answers
    /// @param sealingKeys that open sealed bodies: the one in our contact record, and those before
    ///     it that senders may still use
    /// @param clock of the messages' times: a wall clock that never runs backwards
    public MessageServer(
            KeyPair keys,
            Supplier<List<SealingKey>> sealingKeys,
            Access access,
            Handlers handlers,
            UidLog uids,
            InstantSource clock,
            MessageSettings settings) {
        this.keys = keys;
        this.sealingKeys = sealingKeys;
        this.uids = uids;
        this.clock = clock;
        this.settings = settings;
        this.slots = new CallSlots(settings.callsMax(), settings.callsPerPeerMax());
        this.answers = new AnswerSigner(keys, clock);
        this.dispatcher =
                new Dispatcher(access, handlers, uids, answers, clock, settings.handlerLimit());
    }

    @Override
    public void serve(Stream stream) throws IOException, InterruptedException {
        stream.deadline(settings.receiveLimit());
        var slot = slots.enter(stream.remotePeer());
        if (slot.isEmpty()) {
            refuse(stream, ErrorCode.OVERLOADED, "too many requests at once");
            drain(stream);
            return;
        }
        try (var held = slot.get()) {
            var encoded = Bytes.wrap(Frames.read(stream, MessageFrame.BYTES_MAX));
            stream.deadline(settings.handlerLimit().plus(settings.sendLimit()));
            answer(stream, encoded, held);
        }
    }

    private void answer(Stream stream, Bytes encoded, CallSlots.Slot slot)
            throws IOException, InterruptedException {
        MessageFrame frame;
        try {
            frame = MessageFrame.decode(encoded);
        } catch (ProtocolException e) {
            refuse(stream, ErrorCode.MALFORMED, String.valueOf(e.getMessage()));
            return;
        }
        var seal = Optional.<SealingKey.Opened>empty();
        SignedMessage answer;
        try {
            checkHeader(frame.header());
            seal = unsealed(frame, stream.remotePeer());
            var request = verified(frame, seal, stream.remotePeer());
            answer = dispatcher.dispatch(request, stream.connection(), slot);
        } catch (Refusal refusal) {
            log.debug("{} refused: {}", stream.remotePeer().shortText(), refusal.code());
            var failure = Kind.Failure.of(refusal.code(), refusal.text());
            answer = answers.to(frame.header().uid(), stream.remotePeer(), failure);
        }
        send(stream, seal.isEmpty() ? MessageFrame.clear(answer) : seal.get().answer(answer));
    }

    private void checkHeader(Header header) throws Refusal {
        var now = clock.instant();
        if (!header.destination().equals(keys.peerId())) {
            throw new Refusal(ErrorCode.WRONG_DESTINATION, "we carry no messages for others");
        }
        if (header.sentAt().isAfter(now.plus(Header.CLOCK_SKEW_MAX))) {
            throw new Refusal(ErrorCode.TOO_EARLY, "the timestamp lies in the future");
        }
        // A damaged log may have forgotten the uids of earlier messages.
        if (!now.isBefore(header.refusedFrom()) || header.sentAt().isBefore(uids.since())) {
            throw new Refusal(ErrorCode.EXPIRED, "the message has expired");
        }
        if (header.uid().equals(Uid.NONE)) {
            throw new Refusal(ErrorCode.MALFORMED, "a request has a uid");
        }
    }

    private Optional<SealingKey.Opened> unsealed(MessageFrame frame, PeerId source) throws Refusal {
        if (!(frame.body() instanceof MessageFrame.Body.Sealed(var sealed))) {
            return Optional.empty();
        }
        for (var key : sealingKeys.get()) {
            var opened = key.open(sealed, frame.header(), source);
            if (opened.isPresent()) {
                return opened;
            }
        }
        throw new Refusal(ErrorCode.SEAL_UNREADABLE, "the body is not sealed for our keys");
    }

    private SignedMessage verified(
            MessageFrame frame, Optional<SealingKey.Opened> seal, PeerId source) throws Refusal {
        var envelope =
                switch (frame.body()) {
                    case MessageFrame.Body.Clear(var clear) -> clear;
                    case MessageFrame.Body.Sealed _ -> seal.orElseThrow().envelope();
                };
        var request = SignedMessage.verified(envelope);
        if (!request.message().source().equals(source)) {
            throw new Refusal(ErrorCode.NOT_AUTHENTIC, "sent by another than its source");
        }
        if (!request.message().header().equals(frame.header())) {
            throw new Refusal(ErrorCode.NOT_AUTHENTIC, "the signed header is another one");
        }
        return request;
    }

    private void refuse(Stream stream, ErrorCode code, String text) throws IOException {
        log.debug("{} refused: {}", stream.remotePeer().shortText(), code);
        var failure = Kind.Failure.of(code, text);
        send(stream, MessageFrame.clear(answers.to(Uid.NONE, stream.remotePeer(), failure)));
    }

    /// Reads what the peer still sends and forgets it: a stream that is closed under a writer is
    /// reset, and the refusal could be lost with it.
    private static void drain(Stream stream) throws IOException {
        var dropped = new byte[4096];
        int left = MessageFrame.BYTES_MAX;
        while (left > 0) {
            int count = stream.read(dropped, 0, dropped.length);
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }

    private static void send(Stream stream, MessageFrame frame) throws IOException {
        Frames.write(stream, frame.encoded().unsafeArray());
        stream.closeWrite();
    }
}
