package org.p2prmb.store;

import org.h2.api.ErrorCode;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Looks for what a crash can leave in an H2 file that still opens: an index that differs from its
/// table, and rows that are locked by a transaction that no longer exists.
///
/// Such a row reads normally, but changing it would spin for ever; asking for its lock without
/// waiting fails at once, which is what the check does.
final class SelfCheck {
    /// Rows of one table that are probed for locks, newest first, after a process died.
    private static final int PROBE_AFTER_CRASH_MAX = 100_000;

    private static final int PROBE_MAX = 1_000;

    /// Tables up to this size are compared with their indexes even after an orderly end.
    private static final int COUNT_MAX = 100_000;

    private record Index(String table, String name, String all) {}

    private static final List<Index> INDEXES =
            List.of(
                    new Index("contact", "contact_peer", "peer >= X''"),
                    new Index("contact", "contact_rank", "hidden >= FALSE"),
                    new Index("contact", "contact_expires", "expires >= 0"),
                    new Index("contact_tag", "contact_tag_contact", "contact_id >= 0"),
                    new Index("contact_tag", "contact_tag_rank", "tag >= ''"),
                    new Index("search_hit", "search_hit_condition", "condition_key >= X''"),
                    new Index("search_hit", "search_hit_contact", "contact_id >= 0"),
                    new Index("search_hit", "search_hit_expires", "expires >= 0"),
                    new Index("uid_claim", "uid_claim_uid", "source >= X''"),
                    new Index("uid_claim", "uid_claim_expires", "expires >= 0"),
                    new Index("report", "report_arrival", "arrival >= 0"),
                    new Index("reporter_stamp", "reporter_stamp_arrival", "arrival >= 0"));

    private static final List<String> TABLES =
            List.of(
                    "contact",
                    "contact_tag",
                    "search_hit",
                    "uid_claim",
                    "sequence_number",
                    "owner_record",
                    "kad_peer",
                    "delegation",
                    "report",
                    "reporter_stamp",
                    "fact");

    private SelfCheck() {}

    /// What is wrong, if anything was found by `deadlineNanos` of the system's nano time.
    ///
    /// `session` has auto-commit off. Throws when the database cannot even be read.
    static Optional<String> complaint(Session session, boolean afterCrash, long deadlineNanos)
            throws SQLException {
        for (var table : TABLES) {
            if (locked(session, table, afterCrash ? PROBE_AFTER_CRASH_MAX : PROBE_MAX)) {
                return Optional.of("rows of " + table + " are locked by nobody");
            }
        }
        for (var index : INDEXES) {
            if (System.nanoTime() - deadlineNanos > 0) {
                break; // A huge file on a busy machine is not a reason to throw it away.
            }
            var rows = session.number("SELECT COUNT(*) FROM " + index.table());
            if (afterCrash || rows <= COUNT_MAX) {
                var entries = session.number(entries(index));
                if (entries != rows) {
                    return Optional.of(
                            "%s has %d entries for %d rows".formatted(index.name(), entries, rows));
                }
            }
        }
        session.connection().rollback();
        return Optional.empty();
    }

    private static boolean locked(Session session, String table, int rowsMax) throws SQLException {
        var probe =
                "SELECT _ROWID_ FROM %s ORDER BY _ROWID_ DESC LIMIT ? FOR UPDATE NOWAIT"
                        .formatted(table);
        try {
            session.number(probe, (long) rowsMax);
            return false;
        } catch (SQLException e) {
            if (e.getErrorCode() == ErrorCode.LOCK_TIMEOUT_1) {
                return true;
            }
            throw e;
        } finally {
            session.connection().rollback();
        }
    }

    private static String entries(Index index) {
        return "SELECT COUNT(*) FROM %s USE INDEX (%s) WHERE %s"
                .formatted(index.table(), index.name(), index.all());
    }
}
