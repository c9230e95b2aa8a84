package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.contact;
import static org.p2prmb.store.Samples.peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.message.UidLog.Claim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

final class DamageTest {
    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();

    @Test
    void aNewDirectoryGetsItsTables() {
        try (var store = open()) {
            assertThat(store.rebuilt()).isFalse();
            assertThat(store.uids().since()).isEqualTo(Instant.EPOCH);
            assertThat(store.contacts().all(10)).isEmpty();
            assertThat(store.fileBytes()).isPositive();
        }
    }

    @Test
    void aFileOfGarbageIsMovedAsideAndReplaced() throws IOException {
        fill();
        Files.write(file(), new byte[100_000]);
        rebuildsOnce();
    }

    @Test
    void aFileCutShortIsMovedAsideAndReplaced() throws IOException {
        fill();
        try (var channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 3);
        }
        rebuildsOnce();
    }

    @Test
    void aFileWithAHoleIsMovedAsideAndReplaced() throws IOException {
        fill();
        try (var channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            // All but the two headers and the last chunk's footer.
            var hole = ByteBuffer.allocate((int) channel.size() - 3 * 4096);
            channel.write(hole, 2 * 4096);
        }
        rebuildsOnce();
    }

    @Test
    void aMarkOfDamageFromTheLastRunMakesTheNextOneStartAfresh() throws IOException {
        fill();
        try (var directory = DataDirectory.open(data())) {
            directory.markDamaged();
        }
        rebuildsOnce();
    }

    @Test
    void damageMetWhileRunningIsRepairedByTheNextRun() throws IOException {
        try (var store = open()) {
            remember(store, 20_000);
        }
        var again = Store.open(data(), Samples.smallCache(), clock);
        try (var channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate((int) channel.size() - 2 * 4096), 2 * 4096);
        }
        assertThatThrownBy(
                        () -> {
                            again.contacts().all(10_000);
                            again.contacts().withTag("barber", 10_000);
                        })
                .isInstanceOf(StoreException.class);
        try {
            again.close();
        } catch (StoreException _) {
            // Closing such a file may fail; what counts is the next opening.
        }
        rebuildsOnce();
    }

    @Test
    void rowsLockedByNobodyAreFound() throws Exception {
        fill();
        try (var administrator = administrator();
                var checking = new Session(connection(false))) {
            assertThat(SelfCheck.complaint(checking)).isEmpty();
            administrator.setAutoCommit(false);
            try (var statement = administrator.createStatement()) {
                statement.execute("UPDATE contact_rank SET proof = 1 WHERE id = 1");
            }
            // To the checking session a lock of another one looks as a ghost's does.
            assertThat(SelfCheck.complaint(checking))
                    .contains("rows of contact_rank are locked by nobody");
            administrator.rollback();
            assertThat(SelfCheck.complaint(checking)).isEmpty();
        }
    }

    @Test
    void anIndexThatDiffersFromItsTableIsFoundAndTheFileReplaced() throws Exception {
        fill();
        try (var administrator = administrator();
                var statement = administrator.createStatement()) {
            // The check's condition leaves NULL out, as a broken index leaves a row out.
            statement.execute("ALTER TABLE tag_rank ALTER COLUMN tag SET NULL");
            statement.execute("UPDATE tag_rank SET tag = NULL WHERE contact_id = 1");
        }
        rebuildsOnce();
    }

    @Test
    void aFileOfANewerReleaseIsRefusedAndStays() throws Exception {
        fill();
        try (var administrator = administrator();
                var statement = administrator.createStatement()) {
            statement.execute(
                    "INSERT INTO \"flyway_schema_history\" VALUES (99, '99', 'later', 'SQL',"
                            + " 'V99__later.sql', 1, 'x', NOW(), 1, TRUE)");
        }
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("does not fit this release");
        try (var administrator = administrator();
                var statement = administrator.createStatement()) {
            statement.execute("DELETE FROM \"flyway_schema_history\" WHERE \"version\" = '99'");
        }
        try (var store = open()) {
            assertThat(store.rebuilt()).isFalse();
            assertThat(store.contacts().size()).isEqualTo(100);
        }
    }

    @Test
    void anOpeningKnowsWhichMigrationIsTheLast() throws Exception {
        fill();
        try (var administrator = administrator();
                var statement = administrator.createStatement();
                var rows =
                        statement.executeQuery(
                                "SELECT \"version\" FROM \"flyway_schema_history\""
                                        + " ORDER BY \"installed_rank\" DESC")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo(Database.VERSION);
        }
    }

    @Test
    void aFirstStartThatWasKilledIsMadeAgain() throws Exception {
        try (var directory = DataDirectory.open(data())) {
            directory.passwords();
            directory.prepareDatabaseFile();
        }
        try (var administrator = administrator();
                var statement = administrator.createStatement()) {
            statement.execute("CREATE TABLE contact (id BIGINT PRIMARY KEY)");
        }
        rebuildsOnce();
    }

    private void rebuildsOnce() throws IOException {
        clock.set(NOW.plusSeconds(60));
        try (var store = open()) {
            assertThat(store.rebuilt()).isTrue();
            assertThat(store.contacts().size()).isZero();
            assertThat(store.uids().since()).isEqualTo(NOW.plusSeconds(60));
            remember(store, 1);
            assertThat(store.uids().claim(Bytes.utf8("uid"), peer(1), LATER))
                    .isEqualTo(new Claim.Fresh());
        }
        try (var store = open()) {
            assertThat(store.rebuilt()).isFalse();
            assertThat(store.contacts().size()).isEqualTo(1);
            assertThat(store.uids().since()).isEqualTo(NOW.plusSeconds(60));
        }
        try (var files = Files.list(data())) {
            assertThat(files.filter(file -> file.toString().contains("damaged"))).hasSize(1);
        }
    }

    private void fill() {
        try (var store = open()) {
            remember(store, 100);
        }
    }

    private static void remember(Store store, int contacts) {
        var batch = IntStream.range(0, contacts).mapToObj(i -> contact(i, "barber")).toList();
        store.contacts().remember(List.copyOf(batch));
        store.flush();
    }

    private Connection administrator() throws SQLException, IOException {
        return connection(true);
    }

    private Connection connection(boolean administrator) throws SQLException, IOException {
        var passwords = Files.readAllLines(data().resolve("rmb.password"));
        var connection =
                DriverManager.getConnection(
                        // A trace file would be readable for others, and refused by the store.
                        "jdbc:h2:file:"
                                + data().resolve("rmb")
                                + (administrator ? ";TRACE_LEVEL_FILE=0" : ""),
                        administrator ? "administrator" : "application",
                        passwords.get(administrator ? 0 : 1));
        connection.setAutoCommit(administrator);
        return connection;
    }

    private Store open() {
        return Store.open(data(), Samples.config(), clock);
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path file() {
        return data().resolve("rmb.mv.db");
    }
}
