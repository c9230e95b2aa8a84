package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.key;
import static org.p2prmb.store.ContactRows.millis;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.UidLog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// The [UidLog] in the database. Claims are decided on the writer's thread, one after another, so
/// of two for the same message exactly one is fresh.
final class StoredUids implements UidLog {
    private final Writer writer;
    private final Instant since;
    private final Table table;

    StoredUids(Writer writer, Table table, Instant since) {
        this.writer = writer;
        this.table = table;
        this.since = since;
    }

    @Override
    public Claim claim(Bytes uid, PeerId source, Instant expiresAt) {
        if (uid.size() > UID_BYTES_MAX) {
            throw new IllegalArgumentException("uid too long");
        }
        return writer.commit(session -> table.claim(session, uid, source, expiresAt));
    }

    @Override
    public void answered(Bytes uid, PeerId source, Bytes answer) {
        if (answer.size() > ANSWER_BYTES_MAX) {
            throw new IllegalArgumentException("answer too long");
        }
        writer.commit(session -> table.answered(session, uid, source, answer));
    }

    @Override
    public Instant since() {
        return since;
    }

    /// The table's changes: runs on the writer's thread only.
    static final class Table implements Upkeep {
        private final StoreConfig config;
        private final long run;

        private final Map<Bytes, Integer> claimsOf = new HashMap<>(); // Bounded by uidsMax.
        private int claims;
        private long answerBytes;

        /// `run` is a number that no earlier opening of this file had.
        Table(StoreConfig config, long run) {
            this.config = config;
            this.run = run;
        }

        @Override
        public void load(Session session) throws SQLException {
            claimsOf.clear();
            session.list(
                    "SELECT source, COUNT(*) FROM uid_claim GROUP BY source",
                    row -> claimsOf.put(Bytes.wrap(row.getBytes(1)), row.getInt(2)));
            claims = claimsOf.values().stream().mapToInt(Integer::intValue).sum();
            answerBytes = session.number("SELECT SUM(OCTET_LENGTH(answer)) FROM uid_claim");
        }

        @Override
        public int purge(Session session, Instant now) throws SQLException {
            var expired =
                    session.list(
                            "SELECT source, uid, OCTET_LENGTH(answer) FROM uid_claim"
                                    + " WHERE expires <= ? ORDER BY expires LIMIT ?",
                            Expired::read,
                            millis(now),
                            (long) PURGE_ROWS_MAX);
            for (var claim : expired) {
                session.update(
                        "DELETE FROM uid_claim WHERE source = ? AND uid = ?",
                        claim.source().unsafeArray(),
                        claim.uid());
                claimsOf.computeIfPresent(
                        claim.source(), (_, count) -> count > 1 ? count - 1 : null);
                claims--;
                answerBytes -= claim.answerBytes();
            }
            return expired.size();
        }

        Claim claim(Session session, Bytes uid, PeerId source, Instant expiresAt)
                throws SQLException {
            var met =
                    session.first(
                            "SELECT run, answer FROM uid_claim WHERE source = ? AND uid = ?",
                            this::met,
                            key(source),
                            uid.unsafeArray());
            if (met.isPresent()) {
                return met.get();
            }
            var ofSource = claimsOf.getOrDefault(source.multihash(), 0);
            if (claims >= config.uidsMax()
                    || ofSource >= config.uidsPerSourceMax()
                    || answerBytes >= config.answerBytesMax()) {
                return new Claim.Full();
            }
            session.update(
                    "INSERT INTO uid_claim VALUES (?, ?, ?, ?, NULL)",
                    key(source),
                    uid.unsafeArray(),
                    millis(expiresAt),
                    run);
            claimsOf.put(source.multihash(), ofSource + 1);
            claims++;
            return new Claim.Fresh();
        }

        boolean answered(Session session, Bytes uid, PeerId source, Bytes answer)
                throws SQLException {
            var changed =
                    session.update(
                            "UPDATE uid_claim SET answer = ?"
                                    + " WHERE source = ? AND uid = ? AND answer IS NULL",
                            answer.unsafeArray(),
                            key(source),
                            uid.unsafeArray());
            answerBytes += (long) changed * answer.size();
            return changed == 1;
        }

        private Claim met(ResultSet row) throws SQLException {
            byte @Nullable [] answer = row.getBytes(2);
            if (answer != null) {
                return new Claim.Repeat(Bytes.wrap(answer));
            }
            return row.getLong(1) == run ? new Claim.InProgress() : new Claim.Interrupted();
        }

        @SuppressWarnings("ArrayRecordComponent") // Lives for one loop.
        private record Expired(Bytes source, byte[] uid, long answerBytes) {
            static Expired read(ResultSet row) throws SQLException {
                return new Expired(Bytes.wrap(row.getBytes(1)), row.getBytes(2), row.getLong(3));
            }
        }
    }
}
