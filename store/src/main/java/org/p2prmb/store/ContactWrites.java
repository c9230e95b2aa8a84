package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.key;
import static org.p2prmb.store.ContactRows.millis;
import static org.p2prmb.store.ContactRows.tail;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// The contact tables' changes: runs on the writer's thread only.
///
/// Contacts to remember wait until the end of the batch and are then written in the order of the
/// index of peers, so that each of its pages changes once for many contacts.
final class ContactWrites implements Upkeep {
    /// How long a hidden contact is remembered after its last proof of life, lest an old record
    /// that others still tell makes it a new contact.
    static final Duration DEAD_FOR_MAX = Duration.ofHours(24);

    /// What a contact takes on disk beside its body, measured: rows, indexes, and the room that a
    /// file with free places in it needs.
    static final int ROW_BYTES = 140;

    static final int TAG_BYTES = 40;

    @SuppressWarnings("ArrayRecordComponent") // Lives for one change.
    private record Known(long id, Bytes peer, long sequence, ContactRank rank, byte[] packed) {
        static Known read(ResultSet row) throws SQLException {
            return new Known(
                    row.getLong(1),
                    Bytes.wrap(row.getBytes(2)),
                    row.getLong(3),
                    ContactRank.read(row, 5),
                    row.getBytes(4));
        }

        List<String> tags() {
            return ContactBody.unpack(packed, peer).tags();
        }
    }

    private static final String KNOWN =
            "SELECT r.id, r.peer, r.sequence, r.body, k.hidden, k.score, k.proof, k.expires FROM ";
    private static final String BY_PEER =
            KNOWN
                    + "contact_record r USE INDEX (contact_record_peer)"
                    + " JOIN contact_rank k ON k.id = r.id WHERE r.peer_tail = ? AND r.peer = ?";
    private static final String BY_ID =
            KNOWN + "contact_record r JOIN contact_rank k ON k.id = r.id WHERE r.id = ?";

    private static final String NAMELESS =
            " AND NOT EXISTS (SELECT 1 FROM contact_name n WHERE n.contact_id = k.id)";
    private static final String EXPIRED =
            "SELECT k.id FROM contact_rank k USE INDEX (contact_rank_expires)"
                    + " WHERE k.expires <= ?"
                    + NAMELESS
                    + " ORDER BY k.expires LIMIT ?";
    private static final String LONG_DEAD =
            "SELECT k.id FROM contact_rank k USE INDEX (contact_rank_best)"
                    + " WHERE k.hidden = TRUE AND k.proof > 0 AND k.proof <= ?"
                    + NAMELESS
                    + " LIMIT ?";

    private final int contactsMax;
    private final long bytesMax;
    private final int batchMax;
    private final InstantSource clock;
    private final ContactBody.Packer packer = new ContactBody.Packer();
    private final Eviction eviction;
    private final TagRanks tagRanks = new TagRanks();
    private final SearchHits hits;

    private final List<Contact> waiting = new ArrayList<>(); // Bounded by batchMax and one batch.
    private long nextId;
    private int contacts;
    private long bytes;
    private long storedBytes;

    ContactWrites(StoreConfig config, InstantSource clock) {
        contactsMax = config.contactsMax();
        bytesMax = config.contactBytesMax();
        batchMax = config.batchRowsMax();
        this.clock = clock;
        eviction = new Eviction(config.contactsMax());
        hits = new SearchHits(config.searchHitsMax());
    }

    @Override
    public void load(Session session) throws SQLException {
        waiting.clear();
        tagRanks.clear();
        nextId = session.number("SELECT MAX(id) FROM contact_rank") + 1;
        contacts = (int) session.number("SELECT COUNT(*) FROM contact_rank");
        bytes = Facts.contactBytes(session);
        storedBytes = bytes;
        hits.load(session);
    }

    /// Contacts with a name stay: our owner put it there.
    @Override
    public int purge(Session session, Instant now) throws SQLException {
        var removed =
                delete(session, EXPIRED, now) + delete(session, LONG_DEAD, now.minus(DEAD_FOR_MAX));
        var forgotten = hits.purge(session, now);
        settle(session);
        return removed + forgotten;
    }

    private int delete(Session session, String which, Instant until) throws SQLException {
        var ids = session.list(which, row -> row.getLong(1), millis(until), (long) PURGE_ROWS_MAX);
        delete(session, ids);
        return ids.size();
    }

    void remember(Session session, List<Contact> batch) throws SQLException {
        waiting.addAll(batch);
        if (waiting.size() >= batchMax) {
            writeWaiting(session);
        }
    }

    @Override
    public void settle(Session session) throws SQLException {
        writeWaiting(session);
        if (bytes != storedBytes) {
            Facts.setContactBytes(session, bytes);
            storedBytes = bytes;
        }
    }

    void proofOfLife(Session session, PeerId peer, Instant when) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            rank(session, known, known.rank().alive(millis(when)));
        }
    }

    void updateScores(Session session, Map<PeerId, Double> scores) throws SQLException {
        writeWaiting(session);
        var inOrder = new ArrayList<>(scores.entrySet());
        inOrder.sort(Comparator.comparingLong(entry -> tail(key(entry.getKey()))));
        for (var entry : inOrder) {
            var known = find(session, entry.getKey());
            if (known != null) {
                var rank = known.rank().scored(entry.getValue());
                rank(session, known, rank);
                if (!rank.trusted()) {
                    hits.forget(session, known.id());
                }
            }
        }
    }

    void hide(Session session, PeerId peer) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            rank(session, known, known.rank().dead());
        }
    }

    void unreachable(Session session, PeerId peer) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            rank(session, known, known.rank().unreached());
            hits.forget(session, known.id());
        }
    }

    void drop(Session session, PeerId peer) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            delete(session, known);
        }
    }

    void name(Session session, PeerId peer, String name) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            session.update("DELETE FROM contact_name WHERE contact_id = ?", known.id());
            setName(session, known.id(), name);
        }
    }

    void rememberCondition(Session session, Bytes condition, PeerId peer, Instant until)
            throws SQLException {
        var known = find(session, peer);
        if (known != null && known.rank().trusted()) {
            hits.remember(session, condition, known.id(), until);
        }
    }

    private void writeWaiting(Session session) throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        waiting.sort(Comparator.comparingLong(contact -> tail(key(contact.peer()))));
        @Nullable PeerId previous = null;
        for (var contact : waiting) {
            if (contact.peer().equals(previous)) {
                tagRanks.flush(session); // Of the contact that is changed again.
            }
            previous = contact.peer();
            var known = known(session, contact.peer());
            if (known == null) {
                insert(session, contact);
            } else if (contact.sequence() >= known.sequence()) {
                renew(session, known, contact);
            }
        }
        waiting.clear();
        tagRanks.flush(session);
    }

    /// As things are once the contacts that wait have been written.
    private @Nullable Known find(Session session, PeerId peer) throws SQLException {
        writeWaiting(session);
        return known(session, peer);
    }

    private static @Nullable Known known(Session session, PeerId peer) throws SQLException {
        var key = key(peer);
        return session.first(BY_PEER, Known::read, tail(key), key).orElse(null);
    }

    private void insert(Session session, Contact contact) throws SQLException {
        var body = ContactBody.of(contact);
        var packed = packer.pack(body, contact.peer().multihash());
        var cost = cost(packed, body.tags());
        if (contacts >= contactsMax || bytes + cost > bytesMax) {
            makeRoom(session, cost);
        }
        var id = nextId++;
        var rank = ContactRank.of(contact);
        var key = key(contact.peer());
        session.update(
                "INSERT INTO contact_record VALUES (?, ?, ?, ?, ?)",
                id,
                key,
                tail(key),
                contact.sequence(),
                packed);
        session.update(
                "INSERT INTO contact_rank VALUES (?, ?, ?, ?, ?)",
                id,
                rank.hidden(),
                rank.score(),
                rank.proof(),
                rank.expires());
        setName(session, id, contact.name());
        tagRanks.insert(id, body.tags(), rank);
        contacts++;
        bytes += cost;
    }

    /// The name and the score are ours, not the record's, so they stay. What the contact answered
    /// is forgotten with the tags that it answered for.
    private void renew(Session session, Known known, Contact contact) throws SQLException {
        var same = contact.sequence() == known.sequence();
        var rank = known.rank().renewed(ContactRank.of(contact), same);
        var body = ContactBody.of(contact);
        var packed = packer.pack(body, known.peer());
        if (same && Arrays.equals(packed, known.packed())) {
            rank(session, known, rank); // The usual case of a repeated record.
            return;
        }
        var tags = known.tags();
        session.update(
                "UPDATE contact_record SET sequence = ?, body = ? WHERE id = ?",
                contact.sequence(),
                packed,
                known.id());
        bytes += cost(packed, body.tags()) - cost(known.packed(), tags);
        if (tags.equals(body.tags())) {
            rank(session, known, rank);
        } else {
            tagRanks.delete(session, known.id(), tags, known.rank());
            rankContact(session, known, rank);
            tagRanks.insert(known.id(), body.tags(), rank);
            hits.forget(session, known.id());
        }
    }

    private void rank(Session session, Known known, ContactRank rank) throws SQLException {
        if (!rank.equals(known.rank())) {
            rankContact(session, known, rank);
            tagRanks.move(session, known.id(), known.tags(), known.rank(), rank);
        }
    }

    private static void rankContact(Session session, Known known, ContactRank rank)
            throws SQLException {
        if (!rank.equals(known.rank())) {
            session.update(
                    "UPDATE contact_rank SET hidden = ?, score = ?, proof = ?, expires = ?"
                            + " WHERE id = ?",
                    rank.hidden(),
                    rank.score(),
                    rank.proof(),
                    rank.expires(),
                    known.id());
        }
    }

    /// Takes the name from whoever had it; "" is no name.
    private static void setName(Session session, long id, String name) throws SQLException {
        if (!name.isEmpty()) {
            session.update("DELETE FROM contact_name WHERE name = ?", name);
            session.update("INSERT INTO contact_name VALUES (?, ?)", id, name);
        }
    }

    private void makeRoom(Session session, long cost) throws SQLException {
        tagRanks.flush(session);
        var now = millis(clock.instant());
        while (contacts >= contactsMax || bytes + cost > bytesMax) {
            var worst = eviction.worst(session, now);
            if (worst.isEmpty()) {
                return; // All that is left has a name.
            }
            delete(session, worst);
        }
    }

    private void delete(Session session, List<Long> ids) throws SQLException {
        for (var id : ids) {
            var known = session.first(BY_ID, Known::read, id);
            if (known.isPresent()) {
                delete(session, known.get());
            }
        }
    }

    private void delete(Session session, Known known) throws SQLException {
        var tags = known.tags();
        tagRanks.delete(session, known.id(), tags, known.rank());
        hits.forget(session, known.id());
        session.update("DELETE FROM contact_name WHERE contact_id = ?", known.id());
        session.update("DELETE FROM contact_record WHERE id = ?", known.id());
        contacts -= session.update("DELETE FROM contact_rank WHERE id = ?", known.id());
        bytes -= cost(known.packed(), tags);
    }

    static long cost(byte[] packed, List<String> tags) {
        return ROW_BYTES + packed.length + (long) TAG_BYTES * tags.size();
    }
}
