package org.p2prmb.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The rows that name contacts for their tags: changes, on the writer's thread only.
///
/// New rows wait and are written in the order of their index, so that a batch of many contacts
/// changes each page of it once.
final class TagRanks {
    private record Row(int tag, int score, long proof, long contactId) {}

    private static final Comparator<Row> AS_IN_THE_INDEX =
            Comparator.comparingInt(Row::tag)
                    .thenComparing(Comparator.comparingInt(Row::score).reversed())
                    .thenComparing(Comparator.comparingLong(Row::proof).reversed())
                    .thenComparingLong(Row::contactId);

    // Rows of one batch of contacts: cleared before any other change.
    private final List<Row> waiting = new ArrayList<>();

    void clear() {
        waiting.clear();
    }

    void insert(long contactId, List<String> tags, ContactRank rank) {
        if (rank.listed()) {
            for (var tag : hashes(tags)) {
                waiting.add(new Row(tag, rank.millionths(), rank.proof(), contactId));
            }
        }
    }

    void flush(Session session) throws SQLException {
        if (waiting.isEmpty()) {
            return;
        }
        waiting.sort(AS_IN_THE_INDEX);
        for (var row : waiting) {
            session.update(
                    "INSERT INTO tag_rank VALUES (?, ?, ?, ?)",
                    row.tag(),
                    row.score(),
                    row.proof(),
                    row.contactId());
        }
        waiting.clear();
    }

    void delete(Session session, long contactId, List<String> tags, ContactRank rank)
            throws SQLException {
        flush(session);
        if (rank.listed()) {
            for (var tag : hashes(tags)) {
                session.update(
                        "DELETE FROM tag_rank"
                                + " WHERE tag = ? AND score = ? AND proof = ? AND contact_id = ?",
                        tag,
                        rank.millionths(),
                        rank.proof(),
                        contactId);
            }
        }
    }

    void move(Session session, long contactId, List<String> tags, ContactRank from, ContactRank to)
            throws SQLException {
        var same =
                from.listed() == to.listed()
                        && from.millionths() == to.millionths()
                        && from.proof() == to.proof();
        if (!same) {
            delete(session, contactId, tags, from);
            insert(contactId, tags, to);
            flush(session);
        }
    }

    private static List<Integer> hashes(List<String> tags) {
        return tags.stream().map(TagHash::of).distinct().toList();
    }
}
