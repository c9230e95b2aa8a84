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
///
/// Opening waits for what takes milliseconds. The rest, seconds for a million contacts, is done
/// behind it: indexes by [BackgroundCheck], locks by [LockProbe].
final class SelfCheck {
    /// Rows of each table that are probed for locks at every start, newest first.
    private static final int PROBE_MAX = 1_000;

    /// Tables up to this size are compared with their indexes before the store opens.
    static final int FOREGROUND_ROWS_MAX = 10_000;

    /// Tables up to this size are compared with their indexes even after an orderly end.
    static final int COUNT_MAX = 100_000;

    record Index(String table, String name, String all) {
        /// What is wrong with the index, if anything: one statement, so one state of the table.
        Optional<String> complaint(Session session) throws SQLException {
            return session.first(
                            ("SELECT (SELECT COUNT(*) FROM %s),"
                                            + " (SELECT COUNT(*) FROM %s USE INDEX (%s) WHERE %s)")
                                    .formatted(table, table, name, all),
                            row -> new long[] {row.getLong(1), row.getLong(2)})
                    .filter(counts -> counts[0] != counts[1])
                    .map(counts ->
                            "%s has %d entries for %d rows".formatted(name, counts[1], counts[0]));
        }

        long rows(Session session) throws SQLException {
            return session.number("SELECT COUNT(*) FROM " + table);
        }
    }

    static final List<Index> INDEXES =
            List.of(
                    new Index("contact_record", "contact_record_peer", "peer_tail >= 0"),
                    new Index("contact_rank", "contact_rank_best", "hidden >= FALSE"),
                    new Index("contact_rank", "contact_rank_expires", "expires >= 0"),
                    new Index("tag_rank", "tag_rank_best", "tag >= 0"),
                    new Index("contact_name", "contact_name_name", "name >= ''"),
                    new Index("search_hit", "search_hit_condition", "condition_key >= X''"),
                    new Index("search_hit", "search_hit_contact", "contact_id >= 0"),
                    new Index("search_hit", "search_hit_expires", "expires >= 0"),
                    new Index("uid_claim", "uid_claim_uid", "source >= X''"),
                    new Index("uid_claim", "uid_claim_expires", "expires >= 0"),
                    new Index("report", "report_arrival", "arrival >= 0"),
                    new Index("reporter_stamp", "reporter_stamp_arrival", "arrival >= 0"));

    static final List<String> TABLES =
            List.of(
                    "contact_record",
                    "contact_rank",
                    "tag_rank",
                    "contact_name",
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

    /// What is wrong, as far as that is found at once.
    ///
    /// `session` has auto-commit off. Throws when the database cannot even be read.
    static Optional<String> complaint(Session session) throws SQLException {
        try {
            for (var table : TABLES) {
                probe(session, table, Long.MAX_VALUE, PROBE_MAX);
                session.connection().rollback();
            }
            for (var index : INDEXES) {
                if (index.rows(session) <= FOREGROUND_ROWS_MAX) {
                    var complaint = index.complaint(session);
                    if (complaint.isPresent()) {
                        return complaint;
                    }
                }
            }
            var ranks = session.number("SELECT COUNT(*) FROM contact_rank");
            var records = session.number("SELECT COUNT(*) FROM contact_record");
            return ranks == records
                    ? Optional.empty()
                    : Optional.of("%d contacts have %d ranks".formatted(records, ranks));
        } catch (FoundDamage e) {
            return Optional.ofNullable(e.getMessage());
        } finally {
            session.connection().rollback();
        }
    }

    /// Takes the locks of the `rowsMax` newest rows below `below`; returns the oldest of them, or 0
    /// when there is none.
    ///
    /// Throws [FoundDamage] when one is locked already.
    static long probe(Session session, String table, long below, int rowsMax) throws SQLException {
        var newest =
                ("SELECT _ROWID_ FROM %s WHERE _ROWID_ < ? ORDER BY _ROWID_ DESC LIMIT ?"
                                + " FOR UPDATE NOWAIT")
                        .formatted(table);
        try {
            var rows = session.list(newest, row -> row.getLong(1), below, (long) rowsMax);
            return rows.isEmpty() ? 0 : rows.getLast();
        } catch (SQLException e) {
            throw e.getErrorCode() == ErrorCode.LOCK_TIMEOUT_1
                    ? new FoundDamage("rows of " + table + " are locked by nobody")
                    : e;
        }
    }
}
