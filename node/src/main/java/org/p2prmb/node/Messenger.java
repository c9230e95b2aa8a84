package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.message.ErrorCode;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Sends requests to agents: finds the way, seals the body when the agent's record names a key, and
/// tries again while the request has time left.
final class Messenger {
    /// A tag of the message: say "offline" at once instead of trying until it expires.
    static final String FAIL_FAST = "fail-fast";

    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);
    private static final Duration RETRY_EVERY = Duration.ofSeconds(2);

    private final Host host;
    private final ContactBook book;
    private final MessageClient client;
    private final Consumer<PeerId> refresh;
    private final InstantSource clock;

    /// @param refresh fetches a connected agent's newest contact record
    Messenger(
            Host host,
            ContactBook book,
            MessageClient client,
            Consumer<PeerId> refresh,
            InstantSource clock) {
        this.host = host;
        this.book = book;
        this.client = client;
        this.refresh = refresh;
        this.clock = clock;
    }

    /// Sends the request; returns what became of it, at the latest when it expires.
    Outcome send(Request request) throws InterruptedException {
        var deadline = clock.instant().plus(request.expiration());
        var failFast = List.of(request.tags().split(" ")).contains(FAIL_FAST);
        while (true) {
            var outcome = attempt(request, deadline);
            var next = clock.instant().plus(RETRY_EVERY);
            if (!(outcome instanceof Outcome.Offline) || failFast || next.isAfter(deadline)) {
                return outcome;
            }
            LockSupport.parkNanos(RETRY_EVERY.toNanos());
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private Outcome attempt(Request request, Instant deadline) {
        // The header counts whole milliseconds.
        var left = Duration.between(clock.instant(), deadline).truncatedTo(ChronoUnit.MILLIS);
        if (!left.isPositive()) {
            return new Outcome.Expired();
        }
        var peer = request.destination();
        Connection connection;
        try {
            connection = connect(peer, left.compareTo(DIAL_LIMIT) < 0 ? left : DIAL_LIMIT);
        } catch (IOException e) {
            return new Outcome.Offline(String.valueOf(e.getMessage()));
        }
        var outcome = client.call(connection, sealed(request).expiringAfter(left));
        if (outcome instanceof Outcome.Refused(var code, _)
                && code == ErrorCode.SEAL_UNREADABLE.number()) {
            // The agent has restarted with another key: its newest record names it.
            refresh.accept(peer);
            return client.call(connection, sealed(request).expiringAfter(left));
        }
        return outcome;
    }

    private Connection connect(PeerId peer, Duration limit) throws IOException {
        var open = host.connections(peer);
        if (!open.isEmpty()) {
            return open.getLast();
        }
        var addresses = book.find(peer).map(Contact::addresses).orElse(List.of());
        if (addresses.isEmpty()) {
            throw new IOException("no address of " + peer + " is known");
        }
        return host.connect(peer, addresses, limit);
    }

    private Request sealed(Request request) {
        return sealingKey(request.destination()).map(request::sealedFor).orElse(request);
    }

    private Optional<Bytes> sealingKey(PeerId peer) {
        var contact = book.find(peer);
        if (contact.isEmpty() || contact.get().record().size() == 0) {
            return Optional.empty();
        }
        try {
            return SignedContact.open(contact.get().record()).record().sealingKey();
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a record that does not verify", e);
        }
    }
}
