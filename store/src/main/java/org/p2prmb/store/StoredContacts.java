package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.COLUMNS;
import static org.p2prmb.store.ContactRows.NAMES;
import static org.p2prmb.store.ContactRows.key;
import static org.p2prmb.store.ContactRows.millis;
import static org.p2prmb.store.ContactRows.tail;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The [ContactBook] in the database: queries run on the readers, changes on the writer.
final class StoredContacts implements ContactBook {
    private static final int CONDITION_KEY_BYTES_MAX = 64;
    private static final int ROWS_PER_CHANGE = 1_000;

    private static final String FIND =
            "SELECT "
                    + COLUMNS
                    + " FROM contact_record r USE INDEX (contact_record_peer)"
                    + " JOIN contact_rank k ON k.id = r.id"
                    + NAMES
                    + " WHERE r.peer_tail = ? AND r.peer = ?";
    private static final String NAMED =
            "SELECT "
                    + COLUMNS
                    + " FROM contact_name n LEFT JOIN contact_rank k ON k.id = n.contact_id"
                    + " LEFT JOIN contact_record r ON r.id = k.id WHERE n.name = ?";

    // Outer joins are read in the order in which they stand, which H2's guesses may change for
    // others; there is no contact without its rows.
    // Naming every column of the index in the order lets H2 stop after `LIMIT` entries of it.
    private static final String WITH_TAG =
            "SELECT "
                    + COLUMNS
                    + " FROM tag_rank t USE INDEX (tag_rank_best)"
                    + " LEFT JOIN contact_rank k ON k.id = t.contact_id"
                    + " LEFT JOIN contact_record r ON r.id = k.id"
                    + NAMES
                    + " WHERE t.tag = ? AND k.expires > ?"
                    + " ORDER BY t.tag, t.score DESC, t.proof DESC LIMIT ?";
    private static final String ALL =
            "SELECT "
                    + COLUMNS
                    + " FROM contact_rank k USE INDEX (contact_rank_best)"
                    + " LEFT JOIN contact_record r ON r.id = k.id"
                    + NAMES
                    + " WHERE k.expires > ?"
                    + " ORDER BY k.hidden, k.score DESC, k.proof DESC LIMIT ?";
    private static final String FOR_CONDITION =
            "SELECT "
                    + COLUMNS
                    + " FROM search_hit s LEFT JOIN contact_rank k ON k.id = s.contact_id"
                    + " LEFT JOIN contact_record r ON r.id = k.id"
                    + NAMES
                    + " WHERE s.condition_key = ? AND s.expires > ? AND k.hidden = FALSE"
                    + " AND k.expires > ? ORDER BY k.score DESC, k.proof DESC LIMIT ?";

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
        var rows = rowsPerChange();
        for (int from = 0; from < contacts.size(); from += rows) {
            var to = Math.min(contacts.size(), from + rows);
            var part = contacts.subList(from, to);
            writer.queue(part.size(), session -> writes.remember(session, part));
        }
    }

    @Override
    public Optional<Contact> find(PeerId peer) {
        var key = key(peer);
        return readers.read(session -> session.first(FIND, ContactRows::read, tail(key), key));
    }

    @Override
    public Optional<Contact> named(String name) {
        return readers.read(session -> session.first(NAMED, ContactRows::read, name));
    }

    @Override
    public List<Contact> withTag(String tag, int max) {
        var now = millis(clock.instant());
        var found = list(WITH_TAG, TagHash.of(tag), now, limit(max));
        var fitting = offering(tag, found);
        // Another tag with the same number took places away: once in a few hundred databases.
        return fitting.size() == found.size()
                ? found
                : offering(tag, list(WITH_TAG, TagHash.of(tag), now, limit(RESULTS_MAX))).stream()
                        .limit(limit(max))
                        .toList();
    }

    private static List<Contact> offering(String tag, List<Contact> contacts) {
        return contacts.stream().filter(contact -> contact.tags().contains(tag)).toList();
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
        updateScores(Map.of(peer, reputation));
    }

    @Override
    public void updateScores(Map<PeerId, Double> scores) {
        for (var score : scores.values()) {
            if (!(score >= 0 && score <= 1)) {
                throw new IllegalArgumentException("reputation outside 0 to 1");
            }
        }
        var part = new LinkedHashMap<PeerId, Double>();
        for (var entry : scores.entrySet()) {
            part.put(entry.getKey(), entry.getValue());
            if (part.size() == rowsPerChange()) {
                queueScores(part);
                part.clear();
            }
        }
        queueScores(part);
    }

    private void queueScores(Map<PeerId, Double> scores) {
        if (!scores.isEmpty()) {
            var part = Map.copyOf(scores);
            writer.queue(part.size(), session -> writes.updateScores(session, part));
        }
    }

    @Override
    public void hide(PeerId peer) {
        writer.queue(1, session -> writes.hide(session, peer));
    }

    @Override
    public void unreachable(PeerId peer) {
        writer.queue(1, session -> writes.unreachable(session, peer));
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
        return readers.read(session -> (int) session.number("SELECT COUNT(*) FROM contact_rank"));
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

    private int rowsPerChange() {
        return Math.min(ROWS_PER_CHANGE, config.batchRowsMax());
    }

    private List<Contact> list(String sql, Object... parameters) {
        return readers.read(session -> session.list(sql, ContactRows::read, parameters));
    }

    private static long limit(int max) {
        return Math.clamp(max, 0, RESULTS_MAX);
    }
}
