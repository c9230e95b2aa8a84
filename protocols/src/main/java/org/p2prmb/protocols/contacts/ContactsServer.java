package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.p2prmb.protocols.statements.SignedContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Serves `/rmb/contacts/1.0.0`: one request and one response per stream.
public final class ContactsServer implements StreamHandler {
    public static final String PROTOCOL = "/rmb/contacts/1.0.0";

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int REQUESTS_PER_SECOND = 10;
    private static final int REQUESTS_BURST = 50;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int TOO_OFTEN = 429;

    private static final Logger log = LoggerFactory.getLogger(ContactsServer.class);

    private final Supplier<SignedContact> own;
    private final Supplier<List<PeerId>> neighbours;
    private final ContactBook book;
    private final OwnerBook owners;
    private final ContactIntake intake;
    private final InstantSource clock;
    private final TokenBuckets<PeerId> buckets =
            new TokenBuckets<>(REQUESTS_PER_SECOND, REQUESTS_BURST);

    /// @param own our newest record
    /// @param neighbours the agents connected to us, those to be recommended first
    public ContactsServer(
            Supplier<SignedContact> own,
            Supplier<List<PeerId>> neighbours,
            ContactBook book,
            OwnerBook owners,
            ContactIntake intake,
            InstantSource clock) {
        this.own = own;
        this.neighbours = neighbours;
        this.book = book;
        this.owners = owners;
        this.intake = intake;
        this.clock = clock;
    }

    @Override
    public void serve(Stream stream) throws IOException {
        stream.deadline(LIMIT);
        var encoded = Bytes.wrap(Frames.read(stream, ContactsRequest.BYTES_MAX));
        var response = respond(encoded, stream.connection());
        if (response instanceof ContactsResponse.Refused(var code, _)) {
            log.debug("{} refused: {}", stream.remotePeer().shortText(), code);
        }
        Frames.write(stream, ContactsCodec.encode(response).unsafeArray());
        stream.closeWrite();
    }

    private ContactsResponse respond(Bytes encoded, Connection connection) {
        if (!mayAsk(connection.remotePeer(), clock.instant())) {
            return new ContactsResponse.Refused(TOO_OFTEN, "asked too often");
        }
        ContactsRequest request;
        try {
            request = ContactsCodec.decodeRequest(encoded);
        } catch (ProtocolException e) {
            return new ContactsResponse.Refused(BAD_REQUEST, String.valueOf(e.getMessage()));
        }
        return switch (request) {
            case ContactsRequest.Exchange exchange -> exchanged(exchange, connection);
            case ContactsRequest.Remember(var records, var conditionKey) -> {
                intake.learn(records, conditionKey, connection);
                yield new ContactsResponse.Records(List.of());
            }
            case ContactsRequest.GetOwner(var owner) -> owner(owner);
        };
    }

    private synchronized boolean mayAsk(PeerId peer, Instant now) {
        return buckets.take(peer, now);
    }

    private ContactsResponse exchanged(ContactsRequest.Exchange request, Connection connection) {
        var asker = connection.remotePeer();
        if (!request.own().peer().equals(asker)) {
            return new ContactsResponse.Refused(BAD_REQUEST, "not the asker's own record");
        }
        intake.learn(List.of(request.own()), connection);
        var records = new ArrayList<SignedContact>();
        records.add(own.get());
        var others = new ArrayList<>(neighbours.get());
        others.remove(asker);
        for (var peer : others) {
            if (records.size() > request.neighboursMax()) {
                break;
            }
            remembered(peer, records);
        }
        return new ContactsResponse.Records(records);
    }

    private void remembered(PeerId peer, List<SignedContact> records) {
        var contact = book.find(peer);
        if (contact.isEmpty()
                || contact.get().hidden()
                || contact.get().record().size() == 0
                || !clock.instant().isBefore(contact.get().expiresAt())) {
            return;
        }
        try {
            records.add(SignedContact.open(contact.get().record()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a record that does not verify", e);
        }
    }

    private ContactsResponse owner(PublicKey owner) {
        var statement = owners.ownerRecord(owner);
        if (statement.isEmpty()) {
            return new ContactsResponse.Refused(NOT_FOUND, "no such owner");
        }
        try {
            return new ContactsResponse.Owner(OwnerStatement.open(statement.get()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a statement that does not verify", e);
        }
    }
}
