package org.p2prmb.protocols.exchange;

import com.google.protobuf.ByteString;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.ExchangeWire;

/// What is said in the topic of a [Pair].
public sealed interface News {
    /// The largest message, in bytes.
    int BYTES_MAX = 1_100;

    Signed<? extends ExchangeStatement> said();

    record Wanted(Signed<BuyRequest> said) implements News {}

    record Opened(Signed<WindowOpen> said) implements News {}

    record Rooted(Signed<WindowRoot> said) implements News {}

    record Revealed(Signed<Reveal> said) implements News {}

    record Concluded(Signed<ResultNotice> said) implements News {}

    default Bytes encoded() {
        var message = ExchangeWire.ExchangeNews.newBuilder();
        var envelope = Wire.field(said().envelope());
        switch (this) {
            case Wanted _ -> message.setWanted(envelope);
            case Opened _ -> message.setOpened(envelope);
            case Rooted _ -> message.setRoot(envelope);
            case Revealed _ -> message.setReveal(envelope);
            case Concluded _ -> message.setConcluded(envelope);
        }
        return Wire.encode(message.build());
    }

    /// Reads and verifies what somebody said.
    static News decode(Bytes encoded, Signatures signatures) throws ProtocolException {
        if (encoded.size() > BYTES_MAX) {
            throw new ProtocolException("news of %d bytes".formatted(encoded.size()));
        }
        return Wire.decode(
                ExchangeWire.ExchangeNews.parser(),
                encoded,
                message ->
                        switch (message.getNewsCase()) {
                            case WANTED ->
                                    new Wanted(open(Form.REQUEST, message.getWanted(), signatures));
                            case OPENED ->
                                    new Opened(open(Form.OPEN, message.getOpened(), signatures));
                            case ROOT -> new Rooted(open(Form.ROOT, message.getRoot(), signatures));
                            case REVEAL ->
                                    new Revealed(
                                            open(Form.REVEAL, message.getReveal(), signatures));
                            case CONCLUDED ->
                                    new Concluded(
                                            open(Form.RESULT, message.getConcluded(), signatures));
                            case NEWS_NOT_SET ->
                                    throw new ProtocolException("news of an unknown kind");
                        });
    }

    private static <T extends ExchangeStatement> Signed<T> open(
            Form<T> form, ByteString envelope, Signatures signatures) throws ProtocolException {
        return form.open(Wire.bytes(envelope), signatures);
    }
}
