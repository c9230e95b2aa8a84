package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.StreamMeter;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.p2prmb.protocols.statements.Printable;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Asks other agents about contacts: one request and one response per stream, within 10 seconds.
///
/// Every method throws [IOException] when the connection fails, and [ProtocolException] when the
/// peer refuses or breaks a rule. What comes back is verified, but is not in our book yet: see
/// [ContactIntake]. Safe for many threads.
public final class ContactsClient {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int NOT_FOUND = 404;
    private static final int TEXT_SHOWN_MAX = 200;

    private final InstantSource clock;
    private final StreamMeter meter;

    public ContactsClient(InstantSource clock) {
        this(clock, new StreamMeter());
    }

    /// @param meter counts the bytes of the exchanges
    public ContactsClient(InstantSource clock, StreamMeter meter) {
        this.clock = clock;
        this.meter = meter;
    }

    /// Gives our record; returns the peer's, then those of some of its neighbours.
    public List<SignedContact> exchange(Connection connection, SignedContact own, int neighboursMax)
            throws IOException {
        var records = records(ask(connection, new ContactsRequest.Exchange(own, neighboursMax)));
        if (records.isEmpty() || !records.getFirst().peer().equals(connection.remotePeer())) {
            throw new ProtocolException("an exchange without the responder's own record");
        }
        return records;
    }

    /// Asks the peer to remember who answered a search; at most 8 records.
    public void remember(Connection connection, List<SignedContact> records, Bytes conditionKey)
            throws IOException {
        records(ask(connection, new ContactsRequest.Remember(records, conditionKey)));
    }

    /// The newest unexpired statement about this owner that the peer knows.
    public Optional<OwnerStatement> owner(Connection connection, PublicKey owner)
            throws IOException {
        return switch (ask(connection, new ContactsRequest.GetOwner(owner))) {
            case ContactsResponse.Owner(var statement) -> Optional.of(current(statement, owner));
            case ContactsResponse.Refused(var code, _) when code == NOT_FOUND -> Optional.empty();
            case ContactsResponse.Refused refused -> throw refusal(refused);
            case ContactsResponse.Records _ -> throw new ProtocolException("not an owner record");
        };
    }

    private OwnerStatement current(OwnerStatement statement, PublicKey owner)
            throws ProtocolException {
        if (!statement.record().owner().equals(owner)) {
            throw new ProtocolException("the record of another owner");
        }
        if (!clock.instant().isBefore(statement.record().expiresAt())) {
            throw new ProtocolException("an owner record that has expired");
        }
        return statement;
    }

    private ContactsResponse ask(Connection connection, ContactsRequest request)
            throws IOException {
        try (var opened = connection.open(List.of(ContactsServer.PROTOCOL), LIMIT)) {
            var stream = meter.count(opened);
            stream.deadline(LIMIT);
            Frames.write(stream, ContactsCodec.encode(request).unsafeArray());
            stream.closeWrite();
            var response = Frames.read(stream, ContactsRequest.BYTES_MAX);
            return ContactsCodec.decodeResponse(Bytes.wrap(response));
        }
    }

    private static List<SignedContact> records(ContactsResponse response) throws ProtocolException {
        return switch (response) {
            case ContactsResponse.Records(var records) -> records;
            case ContactsResponse.Refused refused -> throw refusal(refused);
            case ContactsResponse.Owner _ -> throw new ProtocolException("not a list of records");
        };
    }

    private static ProtocolException refusal(ContactsResponse.Refused refused) {
        return new ProtocolException(
                "refused with %d: %s"
                        .formatted(refused.code(), Printable.of(refused.text(), TEXT_SHOWN_MAX)));
    }
}
