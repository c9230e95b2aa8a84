package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.millis;

import org.p2prmb.libp2p.core.Bytes;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/// Which contacts answered which search: changes of the table, on the writer's thread only.
final class SearchHits {
    /// How many contacts one condition remembers; the one that expires first makes room.
    static final int PER_CONDITION_MAX = 16;

    private record Hit(Bytes condition, long contactId) {
        static Hit read(ResultSet row) throws SQLException {
            return new Hit(Bytes.wrap(row.getBytes(1)), row.getLong(2));
        }
    }

    private static final String OLDEST_OF_CONDITION =
            "SELECT condition_key, contact_id FROM search_hit"
                    + " WHERE condition_key = ? ORDER BY expires LIMIT 1";
    private static final String OLDEST =
            "SELECT condition_key, contact_id FROM search_hit ORDER BY expires LIMIT 1";

    private final int hitsMax;
    private int hits;

    SearchHits(int hitsMax) {
        this.hitsMax = hitsMax;
    }

    void load(Session session) throws SQLException {
        hits = (int) session.number("SELECT COUNT(*) FROM search_hit");
    }

    int purge(Session session, Instant now) throws SQLException {
        var forgotten =
                session.update(
                        "DELETE FROM search_hit WHERE expires <= ? FETCH FIRST ? ROWS ONLY",
                        millis(now),
                        (long) Upkeep.PURGE_ROWS_MAX);
        hits -= forgotten;
        return forgotten;
    }

    void remember(Session session, Bytes condition, long contactId, Instant until)
            throws SQLException {
        var conditionKey = condition.unsafeArray();
        var renewed =
                session.update(
                        "UPDATE search_hit SET expires = GREATEST(expires, ?)"
                                + " WHERE condition_key = ? AND contact_id = ?",
                        millis(until),
                        conditionKey,
                        contactId);
        if (renewed == 0) {
            makeRoom(session, conditionKey);
            session.update(
                    "INSERT INTO search_hit VALUES (?, ?, ?)",
                    conditionKey,
                    contactId,
                    millis(until));
            hits++;
        }
    }

    /// Forgets what this contact answered.
    void forget(Session session, long contactId) throws SQLException {
        if (hits > 0) {
            hits -= session.update("DELETE FROM search_hit WHERE contact_id = ?", contactId);
        }
    }

    private void makeRoom(Session session, byte[] conditionKey) throws SQLException {
        var here =
                session.number(
                        "SELECT COUNT(*) FROM search_hit WHERE condition_key = ?", conditionKey);
        if (here >= PER_CONDITION_MAX) {
            delete(session, OLDEST_OF_CONDITION, conditionKey);
        } else if (hits >= hitsMax) {
            delete(session, OLDEST);
        }
    }

    private void delete(Session session, String which, Object... parameters) throws SQLException {
        var hit = session.first(which, Hit::read, parameters).orElseThrow();
        hits -=
                session.update(
                        "DELETE FROM search_hit WHERE condition_key = ? AND contact_id = ?",
                        hit.condition().unsafeArray(),
                        hit.contactId());
    }
}
