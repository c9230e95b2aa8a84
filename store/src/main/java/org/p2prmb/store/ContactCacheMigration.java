package org.p2prmb.store;

import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Objects;

/// Moves the contacts of the first releases into the tables of the contact cache.
///
/// Rows keep their number. Each batch is committed, and a start that was killed goes on where it
/// was.
final class ContactCacheMigration implements JavaMigration {
    private static final long ROWS_PER_COMMIT = 5_000;

    private static final String OLD_ROWS =
            "SELECT id, peer, record, sequence, addresses, tags, hidden, reputation, proof,"
                    + " expires, name FROM contact WHERE id > ? ORDER BY id LIMIT ?";

    /// Called after each batch, so that whoever waits sees that work goes on.
    private final Runnable progress;

    private final ContactBody.Packer packer = new ContactBody.Packer();
    private final TagRanks tagRanks = new TagRanks();

    ContactCacheMigration(Runnable progress) {
        this.progress = progress;
    }

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion("4.1");
    }

    @Override
    public String getDescription() {
        return "contact cache rows";
    }

    @Override
    public @Nullable Integer getChecksum() {
        return null;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return false;
    }

    @Override
    public void migrate(Context context) throws SQLException {
        var connection = context.getConnection();
        var session = new Session(connection); // Flyway closes the connection.
        var autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            if (exists(session)) {
                moveAll(connection, session);
                session.update("DROP TABLE IF EXISTS contact_tag");
                session.update("DROP TABLE IF EXISTS contact");
            }
            connection.commit();
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private static boolean exists(Session session) throws SQLException {
        return session.number(
                        "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME ="
                                + " 'CONTACT'")
                > 0;
    }

    private void moveAll(Connection connection, Session session) throws SQLException {
        var last = session.number("SELECT MAX(id) FROM contact_record");
        var bytes = Facts.contactBytes(session);
        while (true) {
            var rows = session.list(OLD_ROWS, Old::read, last, ROWS_PER_COMMIT);
            if (rows.isEmpty()) {
                return;
            }
            for (var row : rows) {
                bytes += insert(session, row);
                last = row.id();
            }
            tagRanks.flush(session);
            Facts.setContactBytes(session, bytes);
            connection.commit();
            progress.run();
        }
    }

    private long insert(Session session, Old row) throws SQLException {
        var packed = packer.pack(row.body(), row.peer());
        var peer = row.peer().unsafeArray();
        session.update(
                "INSERT INTO contact_record VALUES (?, ?, ?, ?, ?)",
                row.id(),
                peer,
                ContactRows.tail(peer),
                row.sequence(),
                packed);
        var rank = row.rank();
        session.update(
                "INSERT INTO contact_rank VALUES (?, ?, ?, ?, ?)",
                row.id(),
                rank.hidden(),
                rank.score(),
                rank.proof(),
                rank.expires());
        if (!row.name().isEmpty()) {
            session.update("INSERT INTO contact_name VALUES (?, ?)", row.id(), row.name());
        }
        tagRanks.insert(row.id(), row.body().tags(), rank);
        return ContactWrites.cost(packed, row.body().tags());
    }

    private record Old(
            long id, Bytes peer, long sequence, ContactBody body, ContactRank rank, String name) {
        static Old read(ResultSet row) throws SQLException {
            try {
                var tags = (Object[]) row.getArray(6).getArray();
                var body =
                        new ContactBody(
                                Bytes.wrap(row.getBytes(3)),
                                ContactRows.addresses(row.getArray(5).getArray()),
                                Arrays.stream(tags).map(String.class::cast).toList());
                return new Old(
                        row.getLong(1),
                        Bytes.wrap(row.getBytes(2)),
                        row.getLong(4),
                        body,
                        ContactRank.read(row, 7),
                        Objects.requireNonNullElse(row.getString(11), ""));
            } catch (ProtocolException e) {
                throw new StoreException("a stored contact cannot be read", e);
            }
        }
    }
}
