package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.contact;
import static org.p2prmb.store.Samples.peer;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.contacts.Contact;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Databases of the first releases, whose contacts had one wide table.
final class ContactCacheMigrationTest {
    private static final Bytes CONDITION = Bytes.utf8("condition");

    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();

    @Test
    void theContactsOfAnEarlierReleaseAreKept() throws SQLException {
        var plain = contact(1, "barber", "amateur");
        var old =
                new Contact(
                        peer(1),
                        plain.record(),
                        7,
                        List.of(Samples.address(1), Samples.address(2)),
                        plain.tags(),
                        0.75,
                        NOW,
                        false,
                        LATER,
                        "figaro");
        var dead =
                new Contact(
                        peer(2),
                        Bytes.EMPTY,
                        0,
                        List.of(),
                        List.of("barber"),
                        0.4,
                        NOW,
                        true,
                        LATER,
                        "");
        database(List.of(old, dead, contact(3, "barber")), true);
        try (var store = open()) {
            var book = store.contacts();
            assertThat(store.rebuilt()).isFalse();
            assertThat(book.size()).isEqualTo(3);
            assertThat(book.find(peer(1))).contains(old);
            assertThat(book.find(peer(2))).contains(dead);
            assertThat(book.named("figaro")).contains(old);
            assertThat(book.withTag("barber", 10)).containsExactly(old, contact(3, "barber"));
            assertThat(book.forCondition(CONDITION, 10)).containsExactly(old);

            book.remember(List.of(contact(4, "barber")));
            book.proofOfLife(peer(2), NOW.plusSeconds(1));
            store.flush();
            assertThat(book.withTag("barber", 10)).hasSize(4);
        }
        try (var store = open()) {
            assertThat(store.contacts().size()).isEqualTo(4);
        }
    }

    @Test
    void aMoveThatWasInterruptedGoesOnWhereItWas() throws Exception {
        var contacts = new ArrayList<Contact>();
        for (int i = 0; i < 6_000; i++) {
            contacts.add(contact(i, "barber"));
        }
        database(contacts, false);
        try (var directory = DataDirectory.open(data())) {
            assertThatThrownBy(() ->
                            Database.open(
                                    directory,
                                    Samples.config(),
                                    () -> {
                                        throw new IllegalStateException("interrupted");
                                    }))
                    .isInstanceOf(StoreException.class);
            var batches = new AtomicInteger();
            Database.open(directory, Samples.config(), batches::incrementAndGet).close();
            assertThat(batches).as("batches left to move").hasValue(1);
        }
        try (var store = open()) {
            assertThat(store.contacts().size()).isEqualTo(6_000);
            assertThat(store.contacts().withTag("barber", 10_000)).hasSize(6_000);
            assertThat(store.contacts().find(peer(5_999))).contains(contact(5_999, "barber"));
            for (int i = 0; i < 6_000; i++) {
                store.contacts().drop(peer(i));
            }
            store.flush();
            assertThat(store.contacts().size()).isZero();
        }
    }

    /// Makes what the first releases left.
    private void database(List<Contact> contacts, boolean withHit) throws SQLException {
        try (var directory = DataDirectory.open(data())) {
            var password = directory.passwords().administrator();
            directory.prepareDatabaseFile();
            directory.setLastRun(0);
            var url = "jdbc:h2:file:" + data().resolve("rmb") + ";TRACE_LEVEL_FILE=0";
            Flyway.configure()
                    .dataSource(url, "administrator", password)
                    .loggers(FlywayLog.class.getName())
                    .target("2")
                    .load()
                    .migrate();
            try (var session =
                    new Session(DriverManager.getConnection(url, "administrator", password))) {
                session.connection().setAutoCommit(false);
                long id = 1;
                for (var contact : contacts) {
                    insert(session, id++, contact);
                }
                if (withHit) {
                    session.update(
                            "INSERT INTO search_hit VALUES (?, 1, ?)",
                            CONDITION.unsafeArray(),
                            LATER.toEpochMilli());
                }
                session.connection().commit();
            }
            directory.markClean();
        }
    }

    private static void insert(Session session, long id, Contact contact) throws SQLException {
        var proof = contact.lastProofOfLife().toEpochMilli();
        session.update(
                "INSERT INTO contact VALUES"
                        + " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(CAST(? AS VARCHAR), ''))",
                id,
                ContactRows.key(contact.peer()),
                contact.record().unsafeArray(),
                contact.sequence(),
                ContactRows.addresses(contact.addresses()),
                contact.tags().toArray(String[]::new),
                contact.reputation(),
                proof,
                contact.hidden(),
                contact.expiresAt().toEpochMilli(),
                contact.name());
        for (var tag : contact.tags()) {
            session.update(
                    "INSERT INTO contact_tag VALUES (?, ?, ?, ?, ?, ?)",
                    id,
                    tag,
                    contact.hidden(),
                    contact.reputation(),
                    proof,
                    contact.expiresAt().toEpochMilli());
        }
    }

    private Store open() {
        return Store.open(data(), Samples.config(), clock);
    }

    private Path data() {
        return folder.resolve("data");
    }
}
