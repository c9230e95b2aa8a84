package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.contacts.OwnerBook;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.p2prmb.protocols.statements.SignedContact;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Which agents serve which owners: our own owner's record, and the way to find others'.
final class Owners {
    private static final Logger log = LoggerFactory.getLogger(Owners.class);
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(5);
    private static final int CONTACTS_LOOKED_AT = 1_000;
    private static final int CONTACTS_DIALLED_MAX = 4;
    private static final int NEIGHBOURS_ASKED_MAX = 16;

    /// After this nobody else is asked.
    private static final Duration SEARCH_MAX = Duration.ofSeconds(15);

    private final Host host;
    private final OwnerBook owners;
    private final ContactBook contacts;
    private final ContactsClient client;
    private final Supplier<List<PeerId>> neighbours;
    private final Dht dht;

    Owners(
            Host host,
            OwnerBook owners,
            ContactBook contacts,
            ContactsClient client,
            Supplier<List<PeerId>> neighbours,
            Dht dht) {
        this.host = host;
        this.owners = owners;
        this.contacts = contacts;
        this.client = client;
        this.neighbours = neighbours;
        this.dht = dht;
    }

    /// Countersigns and keeps the record; returns whether it is newer than the one we had.
    boolean serve(Bytes ownerRecord) throws ProtocolException {
        var statement = OwnerStatement.countersign(ownerRecord, host.keys());
        var newest = keep(statement);
        if (newest) {
            dht.publish(statement);
        }
        return newest;
    }

    /// Publishes again what an earlier run served for this owner.
    void publish(PublicKey owner) {
        statement(owner)
                .filter(statement -> statement.servedBy().equals(host.peerId()))
                .ifPresent(dht::publish);
    }

    private boolean keep(OwnerStatement statement) {
        var record = statement.record();
        return owners.putOwnerRecord(
                record.owner(), record.sequence(), statement.envelope(), record.expiresAt());
    }

    /// Looks in our book, then asks the neighbours, then those whose contact record names the
    /// owner, then the DHT. An agent that is believed dead only counts when nobody knows another.
    ///
    /// Only a statement that the owner itself signed counts: a record's word alone would let any
    /// agent take another owner's messages.
    Optional<PeerId> agentOf(PublicKey owner) {
        var known = remembered(owner);
        if (known.isPresent() && !isDead(known.get())) {
            return known;
        }
        var end = System.nanoTime() + SEARCH_MAX.toNanos();
        return askNeighbours(owner, end)
                .or(() -> askNamed(owner, end))
                .or(() -> askDht(owner, end))
                .or(() -> known);
    }

    private boolean isDead(PeerId agent) {
        return contacts.find(agent).map(Contact::hidden).orElse(false);
    }

    private Optional<PeerId> remembered(PublicKey owner) {
        return statement(owner).map(OwnerStatement::servedBy);
    }

    private Optional<OwnerStatement> statement(PublicKey owner) {
        var envelope = owners.ownerRecord(owner);
        if (envelope.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OwnerStatement.open(envelope.get()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a statement that does not verify", e);
        }
    }

    private Optional<PeerId> askDht(PublicKey owner, long end) {
        if (System.nanoTime() >= end) {
            return Optional.empty();
        }
        var statement = dht.find(owner);
        statement.ifPresent(found -> {
            keep(found);
            // Nobody knows on which network its own addresses were true, so those who are
            // connected with the agent are asked.
            meet(found, dht.addresses(found.servedBy()));
        });
        return statement.map(OwnerStatement::servedBy);
    }

    private Optional<PeerId> askNeighbours(PublicKey owner, long end) {
        for (var peer : neighbours.get().stream().limit(NEIGHBOURS_ASKED_MAX).toList()) {
            var open = host.connections(peer);
            if (!open.isEmpty() && System.nanoTime() < end) {
                var agent = ask(open.getLast(), owner);
                if (agent.isPresent()) {
                    return agent;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<PeerId> askNamed(PublicKey owner, long end) {
        var named =
                contacts.all(CONTACTS_LOOKED_AT).stream()
                        .filter(contact -> !contact.hidden() && contact.record().size() > 0)
                        .filter(contact -> names(contact, owner))
                        .limit(CONTACTS_DIALLED_MAX)
                        .toList();
        for (var contact : named) {
            if (System.nanoTime() >= end) {
                break;
            }
            try {
                var agent =
                        ask(host.connect(contact.peer(), contact.addresses(), DIAL_LIMIT), owner);
                if (agent.isPresent()) {
                    return agent;
                }
            } catch (IOException e) {
                log.debug("{} cannot be asked: {}", contact.peer().shortText(), e.getMessage());
            }
        }
        return Optional.empty();
    }

    private Optional<PeerId> ask(Connection connection, PublicKey owner) {
        try {
            var statement = client.owner(connection, owner);
            statement.ifPresent(told -> learn(told, ContactIntake.scope(connection)));
            return statement.map(OwnerStatement::servedBy);
        } catch (IOException e) {
            log.debug("{} tells no owner: {}", connection.remotePeer().shortText(), e.getMessage());
            return Optional.empty();
        }
    }

    private void learn(OwnerStatement statement, AddressScope toldOver) {
        keep(statement);
        var agent = statement.servedBy();
        meet(
                statement,
                statement.record().addresses().stream()
                        .filter(address -> address.peer().map(agent::equals).orElse(true))
                        .map(Multiaddr::withoutPeer)
                        .filter(address -> mayDial(address, toldOver))
                        .toList());
    }

    /// Keeps the way to the agent if we know none.
    private void meet(OwnerStatement statement, List<Multiaddr> told) {
        var agent = statement.servedBy();
        if (agent.equals(host.peerId()) || contacts.find(agent).isPresent() || told.isEmpty()) {
            return;
        }
        var addresses = told.stream().limit(Contact.ADDRESSES_MAX).toList();
        var expiresAt = statement.record().expiresAt();
        contacts.remember(
                List.of(Contact.newcomer(agent, Bytes.EMPTY, 0, addresses, List.of(), expiresAt)));
        try {
            // Whoever asked is about to send a message there; the book is a moment behind.
            host.connect(agent, addresses, DIAL_LIMIT);
        } catch (IOException e) {
            log.debug("{} cannot be reached: {}", agent.shortText(), e.getMessage());
        }
    }

    private static boolean mayDial(Multiaddr address, AddressScope toldOver) {
        return address.scope().map(toldOver::atMostAsWideAs).orElse(true);
    }

    private static boolean names(Contact contact, PublicKey owner) {
        try {
            var record = SignedContact.open(contact.record()).record();
            return record.ownerKey().map(owner::equals).orElse(false);
        } catch (ProtocolException e) {
            throw new IllegalStateException("the book holds a record that does not verify", e);
        }
    }
}
