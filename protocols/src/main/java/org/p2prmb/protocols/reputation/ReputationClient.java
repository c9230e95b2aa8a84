package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Printable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Asks other agents what they hold, and hands them our reports: one request and one response per
/// stream.
///
/// Every method throws [IOException] when the connection fails, and [ProtocolException] when the
/// peer refuses or breaks a rule.
public final class ReputationClient {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int TEXT_SHOWN_MAX = 200;

    private ReputationClient() {}

    /// The reports on `subject` that the peer holds; who said them is verified, and nothing else.
    public static List<SignedReport> held(Connection connection, PeerId subject, int reportsMax)
            throws IOException {
        var asked = new ReputationRequest.Held(subject, reportsMax);
        return reports(ask(connection, asked, subject));
    }

    /// Hands one of our own reports over.
    public static void file(Connection connection, SignedReport report) throws IOException {
        var subject = report.report().subject();
        reports(ask(connection, new ReputationRequest.File(report), subject));
    }

    private static ReputationResponse ask(
            Connection connection, ReputationRequest request, PeerId subject) throws IOException {
        try (var stream = connection.open(List.of(ReputationServer.PROTOCOL), LIMIT)) {
            stream.deadline(LIMIT);
            Frames.write(stream, ReputationCodec.encode(request).unsafeArray());
            stream.closeWrite();
            var response = Bytes.wrap(Frames.read(stream, ReputationResponse.BYTES_MAX));
            return ReputationCodec.decodeResponse(response, subject);
        }
    }

    private static List<SignedReport> reports(ReputationResponse response)
            throws ProtocolException {
        return switch (response) {
            case ReputationResponse.Reports(var reports) -> reports;
            case ReputationResponse.Refused(var code, var text) ->
                    throw new ProtocolException(
                            "refused with %d: %s"
                                    .formatted(code, Printable.of(text, TEXT_SHOWN_MAX)));
        };
    }
}
