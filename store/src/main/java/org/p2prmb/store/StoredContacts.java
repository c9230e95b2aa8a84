package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.COLUMNS;
import static org.p2prmb.store.ContactRows.key;
import static org.p2prmb.store.ContactRows.millis;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The [ContactBook] in the database: queries run on the readers, changes on the writer.
final class StoredContacts implements ContactBook {
    private static final int CONDITION_KEY_BYTES_MAX = 64;

    // Naming every column of the index in the order lets H2 stop after `LIMIT` entries of it.
    private static final String WITH_TAG =
            "SELECT "
                    + COLUMNS
                    + " FROM contact_tag t USE INDEX (contact_tag_rank)"
                    + " JOIN contact c ON c.id = t.contact_id"
                    + " WHERE t.tag = ? AND t.hidden = FALSE AND t.expires > ?"
                    + " ORDER BY t.tag, t.hidden, t.reputation DESC, t.proof DESC LIMIT ?";
    private static final String ALL =
            "SELECT "
                    + COLUMNS
                    + " FROM contact c USE INDEX (contact_rank) WHERE c.expires > ?"
                    + " ORDER BY c.hidden, c.reputation DESC, c.proof DESC LIMIT ?";
    private static final String FOR_CONDITION =
            "SELECT "
                    + COLUMNS
                    + " FROM search_hit s JOIN contact c ON c.id = s.contact_id"
                    + " WHERE s.condition_key = ? AND s.expires > ? AND c.hidden = FALSE"
                    + " AND c.expires > ? ORDER BY c.reputation DESC, c.proof DESC LIMIT ?";

    private final Readers readers;
    private final Writer writer;
    private final ContactWrites writes;
    private final StoreConfig config;
    private final InstantSource clock;

    StoredContacts(
            Readers readers,
            Writer writer,
            ContactWrites writes,
            StoreConfig config,
            InstantSource clock) {
        this.readers = readers;
        this.writer = writer;
        this.writes = writes;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public void remember(List<Contact> batch) {
        var contacts = List.copyOf(batch);
        for (int from = 0; from < contacts.size(); from += config.batchRowsMax()) {
            var to = Math.min(contacts.size(), from + config.batchRowsMax());
            var part = contacts.subList(from, to);
            writer.queue(part.size(), session -> writes.remember(session, part));
        }
    }

    @Override
    public Optional<Contact> find(PeerId peer) {
        return readers.read(session ->
                session.first(
                        "SELECT " + COLUMNS + " FROM contact c WHERE c.peer = ?",
                        ContactRows::read,
                        key(peer)));
    }

    @Override
    public Optional<Contact> named(String name) {
        return readers.read(session ->
                session.first(
                        "SELECT " + COLUMNS + " FROM contact c WHERE c.name = ?",
                        ContactRows::read,
                        name));
    }

    @Override
    public List<Contact> withTag(String tag, int max) {
        var now = millis(clock.instant());
        return list(WITH_TAG, tag, now, limit(max));
    }

    @Override
    public List<Contact> all(int max) {
        return list(ALL, millis(clock.instant()), limit(max));
    }

    @Override
    public void proofOfLife(PeerId peer, Instant when) {
        writer.queue(1, session -> writes.proofOfLife(session, peer, when));
    }

    @Override
    public void rate(PeerId peer, double reputation) {
        if (!(reputation >= 0 && reputation <= 1)) {
            throw new IllegalArgumentException("reputation outside 0 to 1");
        }
        writer.queue(1, session -> writes.rate(session, peer, reputation));
    }

    @Override
    public void hide(PeerId peer) {
        writer.queue(1, session -> writes.hide(session, peer));
    }

    @Override
    public void drop(PeerId peer) {
        writer.queue(1, session -> writes.drop(session, peer));
    }

    @Override
    public void name(PeerId peer, String name) {
        if (name.length() > Contact.NAME_LENGTH_MAX) {
            throw new IllegalArgumentException("name too long");
        }
        writer.queue(1, session -> writes.name(session, peer, name));
    }

    @Override
    public int size() {
        return readers.read(session -> (int) session.number("SELECT COUNT(*) FROM contact"));
    }

    @Override
    public void rememberCondition(Bytes conditionKey, PeerId peer, Instant until) {
        if (conditionKey.size() > CONDITION_KEY_BYTES_MAX) {
            throw new IllegalArgumentException("condition key too long");
        }
        writer.queue(1, session -> writes.rememberCondition(session, conditionKey, peer, until));
    }

    @Override
    public List<Contact> forCondition(Bytes conditionKey, int max) {
        var now = millis(clock.instant());
        return list(FOR_CONDITION, conditionKey.unsafeArray(), now, now, limit(max));
    }

    private List<Contact> list(String sql, Object... parameters) {
        return readers.read(session -> session.list(sql, ContactRows::read, parameters));
    }

    private static long limit(int max) {
        return Math.clamp(max, 0, RESULTS_MAX);
    }
}
