package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

final class CompactionTest {
    private static final int ROWS = 2_000;
    private static final int COMMITS = 200;
    private static final int BYTES = 500;

    @TempDir Path folder;

    /// H2 keeps what was replaced for 45 s; here it is told to keep it for a moment only.
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void theFileOfAnOpenDatabaseShrinksToWhatIsInIt() throws SQLException, IOException {
        try (var connection = connection()) {
            fill(connection);
            var compaction = Compaction.of(connection, 0);
            var before = Files.size(folder.resolve("test.mv.db"));
            var store =
                    ((SessionLocal) connection.unwrap(JdbcConnection.class).getSession())
                            .getDatabase()
                            .getStore()
                            .getMvStore();
            store.setRetentionTime(1);
            var steps = 0;
            while (Files.size(folder.resolve("test.mv.db")) > before / 4) {
                compaction.step();
                assertThat(++steps).as("steps that achieved nothing").isLessThan(100_000);
            }
            check(connection);
            store.setRetentionTime(45_000);
        }
        try (var connection = connection()) {
            check(connection);
        }
    }

    private static void fill(Connection connection) throws SQLException {
        var random = new SplittableRandom(1);
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, body VARBINARY(1024))");
        }
        try (var insert = connection.prepareStatement("MERGE INTO t VALUES (?, ?)")) {
            connection.setAutoCommit(false);
            for (int commit = 0; commit < COMMITS; commit++) {
                for (int i = 0; i < 100; i++) {
                    var id = commit * 100 + i < ROWS ? commit * 100 + i : random.nextInt(ROWS);
                    insert.setLong(1, id);
                    insert.setBytes(2, body(id));
                    insert.executeUpdate();
                }
                connection.commit();
            }
            connection.setAutoCommit(true);
        }
    }

    private static void check(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id, body FROM t")) {
            var count = 0;
            while (rows.next()) {
                assertThat(rows.getBytes(2)).isEqualTo(body(rows.getInt(1)));
                count++;
            }
            assertThat(count).isEqualTo(ROWS);
        }
    }

    private static byte[] body(int id) {
        var body = new byte[BYTES];
        new SplittableRandom(id).nextBytes(body);
        return body;
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:h2:file:" + folder.resolve("test") + ";WRITE_DELAY=0;TRACE_LEVEL_FILE=0");
    }
}
