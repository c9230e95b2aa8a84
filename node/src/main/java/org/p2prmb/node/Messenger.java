package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Tally;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.message.ErrorCode;
import org.p2prmb.protocols.message.Header;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;
import org.p2prmb.protocols.statements.SignedContact;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Sends requests to agents: finds the way, seals the body when the agent's record names a key, and
/// tries again while the request has time left and we are not closing.
final class Messenger implements AutoCloseable {
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);
    private static final Duration RETRY_EVERY = Duration.ofSeconds(2);

    private final Host host;
    private final ContactBook book;
    private final MessageClient client;
    private final Function<PeerId, Optional<SignedContact>> refresh;
    private final InstantSource clock;
    private final Tally outcomes =
            new Tally(List.of("answered", "refused", "offline", "expired", "lost", "misanswered"));
    private final SecureRandom random = new SecureRandom();
    private final CountDownLatch closing = new CountDownLatch(1);

    /// @param refresh asks a connected agent for its newest contact record
    Messenger(
            Host host,
            ContactBook book,
            MessageClient client,
            Function<PeerId, Optional<SignedContact>> refresh,
            InstantSource clock) {
        this.host = host;
        this.book = book;
        this.client = client;
        this.refresh = refresh;
        this.clock = clock;
    }

    /// A request with a new uid that expires after `patience`.
    ///
    /// Throws `IllegalArgumentException` when the command, schema or payload breaks the rules.
    Request request(
            PeerId to,
            String command,
            String schema,
            Bytes payload,
            Duration patience,
            String tags) {
        return Request.to(to, command, payload, random)
                .ofSchema(schema)
                .expiringAfter(patience)
                .tagged(tags);
    }

    /// Sends the request; returns what became of it, at the latest when it expires.
    ///
    /// A request that was lost is sent again too, since its uid keeps the handler from running
    /// twice.
    Outcome send(Request request) throws InterruptedException {
        var outcome = tried(request);
        outcomes.add(
                switch (outcome) {
                    case Outcome.Answered _ -> "answered";
                    case Outcome.Refused _ -> "refused";
                    case Outcome.Offline _ -> "offline";
                    case Outcome.Expired _ -> "expired";
                    case Outcome.Lost _ -> "lost";
                    case Outcome.Misanswered _ -> "misanswered";
                });
        return outcome;
    }

    /// What the requests came to: the names of the kinds of [Outcome] in lower case.
    Tally outcomes() {
        return outcomes;
    }

    private Outcome tried(Request request) throws InterruptedException {
        var deadline = clock.instant().plus(request.expiration());
        var failFast = List.of(request.tags().split(" ", -1)).contains(Header.FAIL_FAST);
        Optional<Outcome> lost = Optional.empty();
        while (true) {
            var outcome = attempt(request, deadline);
            if (outcome instanceof Outcome.Lost) {
                lost = Optional.of(outcome);
            } else if (!(outcome instanceof Outcome.Offline)) {
                return outcome;
            }
            if (failFast
                    || clock.instant().plus(RETRY_EVERY).isAfter(deadline)
                    || closing.await(RETRY_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                // If it left once, nobody knows that the handler did not run.
                return lost.orElse(outcome);
            }
        }
    }

    /// From now on nothing is tried again: what fails, fails at once.
    @Override
    public void close() {
        closing.countDown();
    }

    private Outcome attempt(Request request, Instant deadline) {
        var peer = request.destination();
        Connection connection;
        try {
            connection = connect(peer, shorter(left(deadline), DIAL_LIMIT));
        } catch (IOException e) {
            return new Outcome.Offline(String.valueOf(e.getMessage()));
        }
        var outcome = call(connection, request, sealingKey(peer), deadline);
        if (outcome instanceof Outcome.Refused(var code, _)
                && code == ErrorCode.SEAL_UNREADABLE.number()) {
            // The agent has restarted with another key: its newest record names it.
            var record = refresh.apply(peer);
            if (record.isPresent()) {
                var key = record.get().record().sealingKey();
                return call(connection, request, key, deadline);
            }
        }
        return outcome;
    }

    private Outcome call(
            Connection connection, Request request, Optional<Bytes> key, Instant deadline) {
        // The header counts whole milliseconds.
        var left = left(deadline).truncatedTo(ChronoUnit.MILLIS);
        return left.isPositive()
                ? client.call(
                        connection, key.map(request::sealedFor).orElse(request).expiringAfter(left))
                : new Outcome.Expired();
    }

    private Duration left(Instant deadline) {
        return Duration.between(clock.instant(), deadline);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
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
