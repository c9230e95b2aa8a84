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
        return reports(connection, asked, subject);
    }

    /// Hands one of our own reports over.
    public static void file(Connection connection, SignedReport report) throws IOException {
        var subject = report.report().subject();
        var _ = reports(connection, new ReputationRequest.File(report), subject);
    }

    /// The exhibit with this hash, from a peer that holds it.
    public static Bytes exhibit(Connection connection, Bytes hash) throws IOException {
        var asked = new ReputationRequest.Exhibit(hash);
        var encoded = ask(connection, asked, ReputationResponse.EXHIBIT_BYTES_MAX);
        return switch (ReputationCodec.decodeShown(encoded)) {
            case ReputationResponse.Shown(var exhibit) when Exhibits.hash(exhibit).equals(hash) ->
                    exhibit;
            case ReputationResponse.Refused refused -> throw refused(refused);
            case ReputationResponse.Shown _, ReputationResponse.Reports _ ->
                    throw new ProtocolException("another exhibit than asked for");
        };
    }

    private static List<SignedReport> reports(
            Connection connection, ReputationRequest request, PeerId subject) throws IOException {
        var encoded = ask(connection, request, ReputationResponse.BYTES_MAX);
        return switch (ReputationCodec.decodeResponse(encoded, subject)) {
            case ReputationResponse.Reports(var reports) -> reports;
            case ReputationResponse.Refused refused -> throw refused(refused);
            case ReputationResponse.Shown _ -> throw new ProtocolException("an exhibit, unasked");
        };
    }

    private static Bytes ask(Connection connection, ReputationRequest request, int bytesMax)
            throws IOException {
        try (var stream = connection.open(List.of(ReputationServer.PROTOCOL), LIMIT)) {
            stream.deadline(LIMIT);
            Frames.write(stream, ReputationCodec.encode(request).unsafeArray());
            stream.closeWrite();
            return Bytes.wrap(Frames.read(stream, bytesMax));
        }
    }

    private static ProtocolException refused(ReputationResponse.Refused refused) {
        var text = Printable.of(refused.text(), TEXT_SHOWN_MAX);
        return new ProtocolException("refused with %d: %s".formatted(refused.code(), text));
    }
}
