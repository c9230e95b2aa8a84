package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RandomAccessStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

final class CompactionTest {
    private static final int ROWS = 2_000;
    private static final int COMMITS = 200;
    private static final int BYTES = 500;
    private static final int IDLE_STEPS = 50;
    private static final int RETENTION = 45_000;

    @TempDir Path folder;

    /// H2 keeps what was replaced for 45 s; here it is told to keep it for a moment only.
    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void theFileOfAnOpenDatabaseShrinksToWhatIsInItAndThenRests() throws SQLException, IOException {
        try (var connection = connection()) {
            fill(connection);
            var compaction = Compaction.of(connection, 0);
            var before = bytes();
            var store = store(connection);
            store.setRetentionTime(1);
            var idle = 0;
            for (int steps = 0; idle < IDLE_STEPS; steps++) {
                idle = compaction.step() ? 0 : idle + 1;
                assertThat(steps).as("steps").isLessThan(10_000);
            }
            var file = (RandomAccessStore) store.getFileStore();
            assertThat(bytes()).isLessThan(before / 4);
            assertThat(file.getChunksFillRate()).isGreaterThan(85);
            assertThat(file.getFillRate()).isGreaterThan(85);
            var writes = file.getWriteCount();
            for (int step = 0; step < IDLE_STEPS; step++) {
                assertThat(compaction.step()).isFalse();
            }
            assertThat(file.getWriteCount()).isEqualTo(writes);
            check(connection);
            store.setRetentionTime(RETENTION);
        }
        try (var connection = connection()) {
            check(connection);
        }
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void atTheEndWhatWasReplacedAMomentAgoGoesToo() throws SQLException, IOException {
        try (var connection = connection()) {
            fill(connection);
            var before = bytes();
            Compaction.of(connection, 0).finish(Duration.ofSeconds(30));
            assertThat(bytes()).isLessThan(before / 4);
            assertThat(store(connection).getRetentionTime()).isEqualTo(RETENTION);
            check(connection);
        }
        try (var connection = connection()) {
            check(connection);
        }
    }

    @Test
    void theEndDoesNotWaitForMoreThanItsTime() throws SQLException, IOException {
        try (var connection = connection()) {
            fill(connection);
            var before = bytes();
            Compaction.of(connection, 0).finish(Duration.ZERO);
            assertThat(bytes()).isGreaterThan(before / 2);
            check(connection);
        }
    }

    @Test
    void chunksAreEmptiedInSmallSteps() throws SQLException {
        try (var connection = connection()) {
            fill(connection);
            var store = store(connection);
            store.setRetentionTime(0);
            var chosen = Chunks.of(store).all().stream().map(Chunks.Chunk::id).toList();
            assertThat(live(store, chosen)).isGreaterThan(ROWS * BYTES);
            var evacuation = new Evacuation(store, Set.copyOf(chosen));
            var steps = 1;
            for (; evacuation.step(64 * 1024); steps++) {
                store.commit();
            }
            for (int i = 0; i < 2; i++) {
                store.commit();
                Evacuation.touch(store);
            }
            store.commit();
            assertThat(steps).isGreaterThan(10);
            assertThat(live(store, chosen)).isLessThan(ROWS * BYTES / 20);
            check(connection);
            store.setRetentionTime(RETENTION);
        }
        try (var connection = connection()) {
            check(connection);
        }
    }

    @Test
    void fullChunksAndALittleWasteAreLeftAlone() {
        var full = chunk(1, 1_000_000, 950_000);
        var half = chunk(2, 50_000, 25_000);
        var empty = chunk(3, 100_000, 10_000);
        assertThat(chunks(full).toEvacuate()).isEmpty();
        assertThat(chunks(full, half).toEvacuate()).isEmpty();
        assertThat(chunks(full, half, empty).toEvacuate()).containsOnly(2, 3);
        assertThat(chunks(full, half, young(3)).toEvacuate()).isEmpty();
        assertThat(chunks(chunk(1, 900, 1)).toEvacuate()).isEmpty();
    }

    @Test
    void theEmptiestComeFirstAndNoMoreThanAQuarterAtOnce() {
        var chunks = new Chunks.Chunk[10];
        for (int id = 0; id < chunks.length; id++) {
            chunks[id] = chunk(id, 1_000, 500 + id);
        }
        assertThat(chunks(chunks).toEvacuate()).containsOnly(0, 1, 2, 3);
    }

    @Test
    void whatIsAtTheEndIsMovedAsFarAsThereIsRoomForItUnlessItIsYoung() {
        var first = chunk(7, 1_000, 1_000);
        var second = chunk(8, 1_000, 1_000);
        var third = chunk(9, 1_000, 1_000);
        assertThat(chunks(third, first, second).last(2_500_000)).containsOnly(8, 9);
        assertThat(chunks(first, second).last(500_000)).isEmpty();
        assertThat(chunks(first, young(10), second).last(9_000_000)).isEmpty();
    }

    private static Chunks chunks(Chunks.Chunk... chunks) {
        return new Chunks(List.of(chunks), 0);
    }

    private static Chunks.Chunk chunk(int id, long kilobytes, long live) {
        return new Chunks.Chunk(id, id, kilobytes * 1_000, live * 1_000, true);
    }

    private static Chunks.Chunk young(int id) {
        return new Chunks.Chunk(id, id, 1_000_000, 1_000, false);
    }

    private static long live(MVStore store, List<Integer> chosen) {
        return Chunks.of(store).all().stream()
                .filter(chunk -> chosen.contains(chunk.id()))
                .mapToLong(Chunks.Chunk::live)
                .sum();
    }

    private static MVStore store(Connection connection) throws SQLException {
        return ((SessionLocal) connection.unwrap(JdbcConnection.class).getSession())
                .getDatabase()
                .getStore()
                .getMvStore();
    }

    private long bytes() throws IOException {
        return Files.size(folder.resolve("test.mv.db"));
    }

    private static void fill(Connection connection) throws SQLException {
        var random = new SplittableRandom(1);
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, body VARBINARY(1024))");
            statement.execute("CREATE INDEX t_body ON t (body)");
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
