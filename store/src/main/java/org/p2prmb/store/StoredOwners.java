package org.p2prmb.store;

import static org.p2prmb.store.ContactRows.millis;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.protocols.contacts.OwnerBook;

import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// The [OwnerBook] in the database.
final class StoredOwners implements OwnerBook {
    private final Readers readers;
    private final Writer writer;
    private final StoreConfig config;
    private final InstantSource clock;

    StoredOwners(Readers readers, Writer writer, StoreConfig config, InstantSource clock) {
        this.readers = readers;
        this.writer = writer;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public Optional<Bytes> ownerRecord(PublicKey owner) {
        return readers.read(session ->
                session.first(
                        "SELECT statement FROM owner_record" + " WHERE owner = ? AND expires > ?",
                        row -> Bytes.wrap(row.getBytes(1)),
                        key(owner),
                        millis(clock.instant())));
    }

    @Override
    public boolean putOwnerRecord(
            PublicKey owner, long sequence, Bytes statement, Instant expires) {
        requireSequence(sequence);
        if (statement.size() > STATEMENT_BYTES_MAX) {
            throw new IllegalArgumentException("owner record too large");
        }
        return writer.commit(session -> {
            if (newestRecord(session, owner) >= sequence || !roomFor(session, owner)) {
                return false;
            }
            session.update(
                    "MERGE INTO owner_record VALUES (?, ?, ?, ?)",
                    key(owner),
                    sequence,
                    statement.unsafeArray(),
                    millis(expires));
            return true;
        });
    }

    @Override
    public boolean putDelegation(PublicKey owner, PublicKey device, long sequence) {
        requireSequence(sequence);
        return writer.commit(session -> {
            var newest = newestDelegation(session, owner, device);
            if (newest == sequence) {
                return true;
            }
            var room =
                    newest >= 0
                            || session.number("SELECT COUNT(*) FROM delegation")
                                    < config.ownersMax();
            if (newest > sequence || !room) {
                return false;
            }
            session.update(
                    "MERGE INTO delegation VALUES (?, ?, ?)", key(owner), key(device), sequence);
            return true;
        });
    }

    private static long newestRecord(Session session, PublicKey owner) throws SQLException {
        return session.first(
                        "SELECT sequence FROM owner_record WHERE owner = ?",
                        row -> row.getLong(1),
                        key(owner))
                .orElse(-1L);
    }

    private static long newestDelegation(Session session, PublicKey owner, PublicKey device)
            throws SQLException {
        return session.first(
                        "SELECT sequence FROM delegation WHERE owner = ? AND device = ?",
                        row -> row.getLong(1),
                        key(owner),
                        key(device))
                .orElse(-1L);
    }

    /// When all places are taken, expired records give theirs up.
    private boolean roomFor(Session session, PublicKey owner) throws SQLException {
        if (newestRecord(session, owner) >= 0 || records(session) < config.ownersMax()) {
            return true;
        }
        session.update("DELETE FROM owner_record WHERE expires <= ?", millis(clock.instant()));
        return records(session) < config.ownersMax();
    }

    private static long records(Session session) throws SQLException {
        return session.number("SELECT COUNT(*) FROM owner_record");
    }

    private static void requireSequence(long sequence) {
        if (sequence < 0) {
            throw new IllegalArgumentException("negative sequence");
        }
    }

    private static byte[] key(PublicKey key) {
        return key.encoded().unsafeArray();
    }
}
