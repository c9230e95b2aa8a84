package org.p2prmb.protocols.exchange;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ExchangeWire;

import java.util.function.Function;

/// How one type of [ExchangeStatement] is signed, written, read and verified.
///
/// The author of a statement is the signer of its envelope and stands nowhere else.
public final class Form<T extends ExchangeStatement> {
    public static final Form<Offer> OFFER =
            of(
                    StatementKind.OFFER,
                    ExchangeWire.Offer.parser(),
                    OfferCodec::offer,
                    OfferCodec::offer);
    public static final Form<BuyRequest> REQUEST =
            of(
                    StatementKind.REQUEST,
                    ExchangeWire.BuyRequest.parser(),
                    OfferCodec::request,
                    OfferCodec::request);
    public static final Form<WindowOpen> OPEN =
            of(
                    StatementKind.WINDOW,
                    ExchangeWire.WindowOpen.parser(),
                    WindowCodec::open,
                    WindowCodec::open);
    public static final Form<Commit> COMMIT =
            of(
                    StatementKind.COMMIT,
                    ExchangeWire.BidCommit.parser(),
                    WindowCodec::commit,
                    WindowCodec::commit);
    public static final Form<Receipt> RECEIPT =
            of(
                    StatementKind.RECEIPT,
                    ExchangeWire.CommitReceipt.parser(),
                    WindowCodec::receipt,
                    WindowCodec::receipt);
    public static final Form<WindowRoot> ROOT =
            of(
                    StatementKind.WINDOW_ROOT,
                    ExchangeWire.WindowRoot.parser(),
                    WindowCodec::root,
                    WindowCodec::root);
    public static final Form<Reveal> REVEAL =
            of(
                    StatementKind.REVEAL,
                    ExchangeWire.BidReveal.parser(),
                    WindowCodec::reveal,
                    WindowCodec::reveal);
    public static final Form<RevealReceipt> REVEAL_RECEIPT =
            of(
                    StatementKind.REVEAL_RECEIPT,
                    ExchangeWire.RevealReceipt.parser(),
                    WindowCodec::revealReceipt,
                    WindowCodec::revealReceipt);
    public static final Form<ResultNotice> RESULT =
            of(
                    StatementKind.WINDOW_RESULT,
                    ExchangeWire.ResultNotice.parser(),
                    WindowCodec::result,
                    WindowCodec::result);

    private final StatementKind kind;
    private final Function<T, Bytes> writer;
    private final Reader<T> reader;

    @FunctionalInterface
    private interface Reader<T> {
        T read(PeerId author, Bytes payload) throws ProtocolException;
    }

    @FunctionalInterface
    private interface Shape<M, T> {
        T of(PeerId author, M message) throws ProtocolException;
    }

    private Form(StatementKind kind, Function<T, Bytes> writer, Reader<T> reader) {
        this.kind = kind;
        this.writer = writer;
        this.reader = reader;
    }

    private static <M extends MessageLite, T extends ExchangeStatement> Form<T> of(
            StatementKind kind, Parser<M> parser, Function<T, M> message, Shape<M, T> shape) {
        return new Form<>(
                kind,
                statement -> Wire.encode(message.apply(statement)),
                (author, payload) ->
                        Wire.decode(parser, payload, parsed -> shape.of(author, parsed)));
    }

    /// Signs a statement of our own; throws `IllegalArgumentException` when it is not the signer's,
    /// or too large.
    public Signed<T> seal(T statement, KeyPair signer, Signatures signatures) {
        Limits.require(
                statement.author().equals(signer.peerId()), "an agent signs its own statements");
        var envelope = kind.seal(signer, writer.apply(statement), signatures);
        return new Signed<>(statement, envelope);
    }

    /// As the other `seal`, with real signatures.
    public Signed<T> seal(T statement, KeyPair signer) {
        return seal(statement, signer, Signatures.REAL);
    }

    /// Verifies a statement that came from anywhere.
    public Signed<T> open(Bytes envelope, Signatures signatures) throws ProtocolException {
        var signed = kind.open(envelope, signatures);
        return new Signed<>(reader.read(signed.signer().peerId(), signed.payload()), envelope);
    }

    /// As the other `open`, with real signatures.
    public Signed<T> open(Bytes envelope) throws ProtocolException {
        return open(envelope, Signatures.REAL);
    }

    public int bytesMax() {
        return kind.bytesMax();
    }
}
