package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.Samples.contact;
import static org.p2prmb.store.Samples.peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.protocols.contacts.Contact;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Tables that are too big to be checked before the store opens.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class BackgroundCheckTest {
    private static final int CONTACTS = SelfCheck.FOREGROUND_ROWS_MAX + 500;

    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();

    @Test
    void aHealthyStorePassesWhileItIsWrittenTo() throws IOException {
        fill();
        crashed();
        try (var store = open()) {
            assertThat(store.rebuilt()).isFalse();
            while (!store.checked().isDone()) {
                var batch = IntStream.range(0, 100).mapToObj(i -> contact(i + 50_000, "baker"));
                store.contacts().remember(batch.toList());
                for (int i = 0; i < 100; i++) {
                    store.contacts().drop(peer(i + 50_000));
                }
                store.flush();
            }
            assertThat(store.failure()).isNotDone();
            assertThat(store.contacts().size()).isEqualTo(CONTACTS);
        }
    }

    @Test
    void aBigIndexThatDiffersFromItsTableIsFoundBehindTheOpening() throws Exception {
        fill();
        crashed();
        spoil("ALTER TABLE tag_rank ALTER COLUMN tag SET NULL");
        spoil("UPDATE tag_rank SET tag = NULL WHERE contact_id = 1");
        var store = open();
        assertThat(store.rebuilt()).isFalse();
        assertThat(store.failure().join())
                .hasRootCauseMessage(
                        "tag_rank_best has %d entries for %d rows"
                                .formatted(CONTACTS - 1, CONTACTS));
        assertThatThrownBy(() -> store.contacts().withTag("barber", 10))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.contacts().find(peer(2))).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::flush).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::close).isInstanceOf(StoreException.class);
        rebuilds();
    }

    @Test
    void oldRowsLockedByNobodyAreFoundByTheProbe() throws Exception {
        fill();
        try (var holder = administrator();
                var statement = holder.createStatement();
                var session = new Session(administrator())) {
            session.connection().setAutoCommit(false);
            passes(session);
            holder.setAutoCommit(false);
            // Old enough not to be among those that an opening looks at. To the probing session a
            // lock of another one looks as a ghost's does.
            statement.execute("UPDATE contact_rank SET proof = 1 WHERE id = 5");
            assertThat(SelfCheck.complaint(session)).isEmpty();
            assertThatThrownBy(() -> passes(session))
                    .isInstanceOf(FoundDamage.class)
                    .hasMessage("rows of contact_rank are locked by nobody");
            holder.rollback();
        }
    }

    private static void passes(Session session) throws SQLException {
        var probe = new LockProbe(true);
        for (int purge = 0; purge < CONTACTS; purge += LockProbe.ROWS_AT_ONCE) {
            probe.purge(session, Samples.NOW);
            session.connection().commit();
        }
    }

    private void rebuilds() {
        try (var store = open()) {
            assertThat(store.rebuilt()).isTrue();
            store.contacts().remember(List.of(contact(1, "barber")));
            store.flush();
            assertThat(store.contacts().withTag("barber", 10)).hasSize(1);
        }
    }

    private void fill() {
        try (var store = open()) {
            store.contacts()
                    .remember(
                            IntStream.range(0, CONTACTS)
                                    .<Contact>mapToObj(i -> contact(i, "barber"))
                                    .toList());
        }
    }

    /// As a process leaves the directory that did not end in order.
    private void crashed() throws IOException {
        Files.delete(data().resolve("rmb.clean"));
    }

    private void spoil(String sql) throws SQLException, IOException {
        try (var connection = administrator();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection administrator() throws SQLException, IOException {
        return DriverManager.getConnection(
                "jdbc:h2:file:" + data().resolve("rmb") + ";TRACE_LEVEL_FILE=0",
                "administrator",
                Files.readAllLines(data().resolve("rmb.password")).getFirst());
    }

    private Store open() {
        return Store.open(data(), Samples.config(), clock);
    }

    private Path data() {
        return folder.resolve("data");
    }
}
