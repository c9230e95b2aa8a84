package org.p2prmb.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/// Who makes room when the book is full: the expired, then the dead, then the least useful.
///
/// The least useful are looked for among those of the lowest score, and of these among those that
/// were alive the longest ago: a contact that proved to live within [#FRESH_FOR], as hot contacts
/// do all the time, or that answered a remembered search, is worth some score more. Contacts with a
/// name never make room. Of equals the newest goes, so that a flood of newcomers displaces itself.
final class Eviction {
    static final Duration FRESH_FOR = Duration.ofMinutes(15);
    static final double FRESH_WORTH = 0.20;
    static final double HIT_WORTH = 0.10;

    /// Contacts that are compared for each that goes, and at least: more than there are hot ones.
    private static final int SAMPLE_FACTOR = 4;

    private static final int SAMPLE_MIN = 100;

    /// Evicting several at once costs one look at the sample.
    private static final int BLOCK_MAX = 64;

    private static final int CONTACTS_PER_BLOCK = 1_000;

    private record Candidate(
            long id, boolean hidden, double score, long proof, boolean hit, long now) {
        static Candidate read(ResultSet row, long now) throws SQLException {
            return new Candidate(
                    row.getLong(1),
                    row.getBoolean(2),
                    row.getDouble(3),
                    row.getLong(4),
                    row.getBoolean(5),
                    now);
        }

        double worth() {
            var fresh = proof > 0 && now - proof <= FRESH_FOR.toMillis();
            return (hidden ? 0 : 1) + score + (fresh ? FRESH_WORTH : 0) + (hit ? HIT_WORTH : 0);
        }
    }

    private static final String NAMELESS =
            "NOT EXISTS (SELECT 1 FROM contact_name n WHERE n.contact_id = k.id)";
    private static final String EXPIRED =
            "SELECT k.id FROM contact_rank k USE INDEX (contact_rank_expires)"
                    + " WHERE k.expires <= ? AND "
                    + NAMELESS
                    + " ORDER BY k.expires LIMIT ?";
    private static final String LOWEST =
            "SELECT k.id, k.hidden, k.score, k.proof,"
                    + " EXISTS (SELECT 1 FROM search_hit s"
                    + " WHERE s.contact_id = k.id AND s.expires > ?)"
                    + " FROM contact_rank k USE INDEX (contact_rank_best) WHERE "
                    + NAMELESS
                    + " ORDER BY k.hidden DESC, k.score, k.proof LIMIT ?";

    private final int block;
    private final int sample;

    Eviction(int contactsMax) {
        block = Math.clamp(contactsMax / CONTACTS_PER_BLOCK, 1, BLOCK_MAX);
        sample = Math.max(SAMPLE_MIN, SAMPLE_FACTOR * block);
    }

    /// The ids of those to go next, at most a block; empty when only named contacts are left.
    List<Long> worst(Session session, long now) throws SQLException {
        var expired = session.list(EXPIRED, row -> row.getLong(1), now, (long) block);
        if (!expired.isEmpty()) {
            return expired;
        }
        var candidates = session.list(LOWEST, row -> Candidate.read(row, now), now, (long) sample);
        return candidates.stream()
                .sorted(
                        Comparator.comparingDouble(Candidate::worth)
                                .thenComparingLong(Candidate::proof)
                                .thenComparing(Comparator.comparingLong(Candidate::id).reversed()))
                .limit(block)
                .map(Candidate::id)
                .toList();
    }
}
