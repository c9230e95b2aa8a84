package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.key;
import static org.p2prmb.store.ContactRows.millis;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.contacts.Contact;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/// The contact tables' changes: runs on the writer's thread only.
final class ContactWrites implements Upkeep {
    /// How many contacts one condition remembers; the one that expires first makes room.
    static final int HITS_PER_CONDITION_MAX = 16;

    /// The part of a row that ranks a contact, repeated in each of its tags' rows.
    private record Rank(boolean hidden, double reputation, long proof, long expires) {}

    private record Known(long id, long sequence, Rank rank, List<String> tags) {}

    private record Hit(Bytes condition, long contactId) {
        static Hit read(ResultSet row) throws SQLException {
            return new Hit(Bytes.wrap(row.getBytes(1)), row.getLong(2));
        }
    }

    private static final String FIND =
            "SELECT id, sequence, hidden, reputation, proof, expires, tags FROM contact"
                    + " WHERE peer = ?";

    private static final String OLDEST_HIT_OF_CONDITION =
            "SELECT condition_key, contact_id FROM search_hit"
                    + " WHERE condition_key = ? ORDER BY expires LIMIT 1";
    private static final String OLDEST_HIT =
            "SELECT condition_key, contact_id FROM search_hit ORDER BY expires LIMIT 1";

    private final int contactsMax;
    private final int hitsMax;

    private long nextId;
    private int contacts;
    private int hits;

    ContactWrites(StoreConfig config) {
        contactsMax = config.contactsMax();
        hitsMax = config.searchHitsMax();
    }

    @Override
    public void load(Session session) throws SQLException {
        nextId = session.number("SELECT MAX(id) FROM contact") + 1;
        contacts = (int) session.number("SELECT COUNT(*) FROM contact");
        hits = (int) session.number("SELECT COUNT(*) FROM search_hit");
    }

    /// Contacts with a name stay: our owner put it there.
    @Override
    public int purge(Session session, Instant now) throws SQLException {
        var expired =
                session.list(
                        "SELECT id FROM contact USE INDEX (contact_expires)"
                                + " WHERE expires <= ? AND name IS NULL ORDER BY expires LIMIT ?",
                        row -> row.getLong(1),
                        millis(now),
                        (long) PURGE_ROWS_MAX);
        for (var id : expired) {
            delete(session, id);
        }
        var forgotten =
                session.update(
                        "DELETE FROM search_hit WHERE expires <= ? FETCH FIRST ? ROWS ONLY",
                        millis(now),
                        (long) PURGE_ROWS_MAX);
        hits -= forgotten;
        return expired.size() + forgotten;
    }

    void remember(Session session, List<Contact> batch) throws SQLException {
        for (var contact : batch) {
            var known = find(session, contact.peer());
            if (known == null) {
                insert(session, contact);
            } else if (contact.sequence() >= known.sequence()) {
                renew(session, known, contact);
            }
        }
    }

    void proofOfLife(Session session, PeerId peer, Instant when) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            var old = known.rank();
            var proof = Math.max(old.proof(), millis(when));
            rank(session, known, new Rank(false, old.reputation(), proof, old.expires()));
        }
    }

    void rate(Session session, PeerId peer, double reputation) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            var old = known.rank();
            rank(session, known, new Rank(old.hidden(), reputation, old.proof(), old.expires()));
        }
    }

    void hide(Session session, PeerId peer) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            var old = known.rank();
            rank(session, known, new Rank(true, old.reputation(), old.proof(), old.expires()));
        }
    }

    void drop(Session session, PeerId peer) throws SQLException {
        var known = find(session, peer);
        if (known != null) {
            delete(session, known.id());
        }
    }

    void name(Session session, PeerId peer, String name) throws SQLException {
        if (!name.isEmpty()) {
            session.update("UPDATE contact SET name = NULL WHERE name = ?", name);
        }
        session.update(
                "UPDATE contact SET name = NULLIF(CAST(? AS VARCHAR), '') WHERE peer = ?",
                name,
                key(peer));
    }

    void rememberCondition(Session session, Bytes condition, PeerId peer, Instant until)
            throws SQLException {
        var known = find(session, peer);
        if (known == null) {
            return;
        }
        var conditionKey = condition.unsafeArray();
        var renewed =
                session.update(
                        "UPDATE search_hit SET expires = GREATEST(expires, ?)"
                                + " WHERE condition_key = ? AND contact_id = ?",
                        millis(until),
                        conditionKey,
                        known.id());
        if (renewed == 0) {
            makeRoomForHit(session, conditionKey);
            session.update(
                    "INSERT INTO search_hit VALUES (?, ?, ?)",
                    conditionKey,
                    known.id(),
                    millis(until));
            hits++;
        }
    }

    private @Nullable Known find(Session session, PeerId peer) throws SQLException {
        return session.first(FIND, ContactWrites::known, key(peer)).orElse(null);
    }

    private static Known known(ResultSet row) throws SQLException {
        var rank = new Rank(row.getBoolean(3), row.getDouble(4), row.getLong(5), row.getLong(6));
        var tags = ContactRows.tags(row.getArray(7).getArray());
        return new Known(row.getLong(1), row.getLong(2), rank, tags);
    }

    private void insert(Session session, Contact contact) throws SQLException {
        if (contacts >= contactsMax) {
            deleteWorst(session);
        }
        var id = nextId++;
        var name = contact.name();
        if (!name.isEmpty()) {
            session.update("UPDATE contact SET name = NULL WHERE name = ?", name);
        }
        var rank =
                new Rank(
                        contact.hidden(),
                        contact.reputation(),
                        millis(contact.lastProofOfLife()),
                        millis(contact.expiresAt()));
        var tags = ContactRows.tags(contact);
        session.update(
                "INSERT INTO contact VALUES"
                        + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(CAST(? AS VARCHAR), ''))",
                id,
                key(contact.peer()),
                contact.record().unsafeArray(),
                contact.sequence(),
                ContactRows.addresses(contact.addresses()),
                tags,
                rank.reputation(),
                rank.proof(),
                rank.hidden(),
                rank.expires(),
                name);
        insertTags(session, id, tags, rank);
        contacts++;
    }

    /// The name and the reputation are ours, not the record's, so they stay.
    private void renew(Session session, Known known, Contact contact) throws SQLException {
        var old = known.rank();
        var same = contact.sequence() == known.sequence();
        var expires = millis(contact.expiresAt());
        var rank =
                new Rank(
                        same ? old.hidden() || contact.hidden() : contact.hidden(),
                        old.reputation(),
                        Math.max(old.proof(), millis(contact.lastProofOfLife())),
                        same ? Math.max(old.expires(), expires) : expires);
        var tags = ContactRows.tags(contact);
        session.update(
                "UPDATE contact SET record = ?, sequence = ?, addresses = ?, tags = ?"
                        + " WHERE id = ?",
                contact.record().unsafeArray(),
                contact.sequence(),
                ContactRows.addresses(contact.addresses()),
                tags,
                known.id());
        if (known.tags().equals(Arrays.asList(tags))) {
            rank(session, known, rank);
        } else {
            session.update("DELETE FROM contact_tag WHERE contact_id = ?", known.id());
            rankContact(session, known.id(), rank);
            insertTags(session, known.id(), tags, rank);
        }
    }

    private static void insertTags(Session session, long id, String[] tags, Rank rank)
            throws SQLException {
        for (var tag : tags) {
            session.update(
                    "INSERT INTO contact_tag VALUES (?, ?, ?, ?, ?, ?)",
                    id,
                    tag,
                    rank.hidden(),
                    rank.reputation(),
                    rank.proof(),
                    rank.expires());
        }
    }

    private static void rank(Session session, Known known, Rank rank) throws SQLException {
        if (rank.equals(known.rank())) {
            return; // The usual case of a repeated record: five indexes stay as they are.
        }
        rankContact(session, known.id(), rank);
        session.update(
                "UPDATE contact_tag SET hidden = ?, reputation = ?, proof = ?, expires = ?"
                        + " WHERE contact_id = ?",
                rank.hidden(),
                rank.reputation(),
                rank.proof(),
                rank.expires(),
                known.id());
    }

    private static void rankContact(Session session, long id, Rank rank) throws SQLException {
        session.update(
                "UPDATE contact SET hidden = ?, reputation = ?, proof = ?, expires = ?"
                        + " WHERE id = ?",
                rank.hidden(),
                rank.reputation(),
                rank.proof(),
                rank.expires(),
                id);
    }

    /// Hidden contacts go first, then those of the lowest reputation; named ones never.
    private void deleteWorst(Session session) throws SQLException {
        var worst =
                session.first(
                        "SELECT id FROM contact USE INDEX (contact_rank) WHERE name IS NULL ORDER"
                                + " BY hidden DESC, reputation, proof LIMIT 1",
                        row -> row.getLong(1));
        if (worst.isPresent()) {
            delete(session, worst.get());
        }
    }

    private void delete(Session session, long id) throws SQLException {
        session.update("DELETE FROM contact_tag WHERE contact_id = ?", id);
        hits -= session.update("DELETE FROM search_hit WHERE contact_id = ?", id);
        contacts -= session.update("DELETE FROM contact WHERE id = ?", id);
    }

    private void makeRoomForHit(Session session, byte[] conditionKey) throws SQLException {
        var here =
                session.number(
                        "SELECT COUNT(*) FROM search_hit WHERE condition_key = ?", conditionKey);
        if (here >= HITS_PER_CONDITION_MAX) {
            deleteHit(session, OLDEST_HIT_OF_CONDITION, conditionKey);
        } else if (hits >= hitsMax) {
            deleteHit(session, OLDEST_HIT);
        }
    }

    private void deleteHit(Session session, String which, Object... parameters)
            throws SQLException {
        var hit = session.first(which, Hit::read, parameters).orElseThrow();
        hits -=
                session.update(
                        "DELETE FROM search_hit WHERE condition_key = ? AND contact_id = ?",
                        hit.condition().unsafeArray(),
                        hit.contactId());
    }
}
