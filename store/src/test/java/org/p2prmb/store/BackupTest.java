package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.store.Samples.LATER;
import static org.p2prmb.store.Samples.NOW;
import static org.p2prmb.store.Samples.contact;
import static org.p2prmb.store.Samples.key;
import static org.p2prmb.store.Samples.peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.message.UidLog.Claim;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

final class BackupTest {
    @TempDir Path folder;
    private final Samples.SetClock clock = new Samples.SetClock();

    @Test
    void aRestoredStoreHasWhatWasBackedUpAndRepeatsNoNumber() throws Exception {
        var backup = folder.resolve("it's a backup.sql.gz");
        long lastNumber = 0;
        try (var store = open("old")) {
            store.contacts().remember(List.of(contact(1, "barber"), contact(2)));
            store.contacts().name(peer(2), "figaro");
            store.owners().putOwnerRecord(key(1), 1, Bytes.utf8("statement"), LATER);
            store.uids().claim(Bytes.utf8("uid"), peer(1), LATER);
            store.uids().answered(Bytes.utf8("uid"), peer(1), Bytes.utf8("answer"));
            store.backup(backup);
            store.backup(backup); // Replaces the first.
            for (int i = 0; i < 500; i++) {
                lastNumber = store.sequences().next("contact");
            }
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rw-------");

        clock.set(NOW.plusSeconds(60));
        Store.restore(folder.resolve("new"), backup, clock);
        try (var store = open("new")) {
            assertThat(store.rebuilt()).isFalse();
            assertThat(store.contacts().find(peer(1))).contains(contact(1, "barber"));
            assertThat(store.contacts().withTag("barber", 10)).hasSize(1);
            assertThat(store.contacts().named("figaro")).isPresent();
            assertThat(store.owners().ownerRecord(key(1))).contains(Bytes.utf8("statement"));
            assertThat(store.uids().claim(Bytes.utf8("uid"), peer(1), LATER))
                    .isEqualTo(new Claim.Repeat(Bytes.utf8("answer")));
            assertThat(store.uids().since()).isEqualTo(NOW.plusSeconds(60));
            assertThat(store.sequences().next("contact")).isGreaterThan(lastNumber);
            store.contacts().remember(List.of(contact(3)));
            store.flush();
            assertThat(store.contacts().size()).isEqualTo(3);
        }
    }

    @Test
    void nothingIsRestoredOverADatabase() {
        var backup = folder.resolve("backup.sql.gz");
        try (var store = open("old")) {
            store.backup(backup);
        }
        assertThatThrownBy(() -> Store.restore(folder.resolve("old"), backup, clock))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("already");
    }

    private Store open(String name) {
        return Store.open(folder.resolve(name), Samples.config(), clock);
    }
}
