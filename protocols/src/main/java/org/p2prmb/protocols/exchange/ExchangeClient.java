package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.identity.Signatures;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Asks and tells other agents over `/rmb/exchange/1.0.0`.
public final class ExchangeClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private ExchangeClient() {}

    /// One request and its response.
    ///
    /// Throws [IOException] when the connection fails, and a
    /// [org.p2prmb.libp2p.core.ProtocolException] when the peer breaks a rule. A refusal is a
    /// response.
    public static ExchangeResponse ask(Connection connection, ExchangeRequest request)
            throws IOException {
        try (var stream = connection.open(List.of(ExchangeServer.PROTOCOL), LIMIT)) {
            stream.deadline(LIMIT);
            Frames.write(stream, ExchangeCodec.encode(request).unsafeArray());
            stream.closeWrite();
            int max =
                    request instanceof ExchangeRequest.ResultAsked
                            ? ExchangeResponse.RESULT_BYTES_MAX
                            : ExchangeResponse.BYTES_MAX;
            return ExchangeCodec.decodeResponse(
                    Bytes.wrap(Frames.read(stream, max)), Signatures.REAL);
        }
    }
}
