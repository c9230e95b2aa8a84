package org.p2prmb.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;

final class DataDirectoryTest {
    @TempDir Path folder;

    @Test
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    void aSecondProcessIsToldWhoHoldsTheDirectory() throws Exception {
        try (var child = new Child(Holder.class, data().toString())) {
            assertThat(child.line()).isEqualTo("open, rebuilt false");
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreLockedException.class)
                    .hasMessageContaining("pid " + child.pid())
                    .hasMessageContaining("choose another directory");
        }
        open().close();
    }

    @Test
    void aSecondOpeningInThisProcessLeavesTheFirstItsLock() throws Exception {
        try (var store = open()) {
            assertThatThrownBy(this::open).isInstanceOf(StoreLockedException.class);
            try (var child = new Child(Locked.class, data().toString())) {
                assertThat(child.line()).isEqualTo("locked");
            }
            store.flush();
        }
        open().close();
    }

    @Test
    void everyFileIsPrivate() throws Exception {
        open().close();
        open().close();
        assertThat(mode(data())).isEqualTo("rwx------");
        try (var files = Files.list(data())) {
            assertThat(files.map(DataDirectoryTest::mode)).isNotEmpty().containsOnly("rw-------");
        }
    }

    @Test
    void aDirectoryThatOthersMayReadIsRefused() throws Exception {
        Files.createDirectory(data());
        Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwxr-x---"));
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("chmod 700");
        Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwx------"));
        open().close();
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        open().close();
        for (var name : new String[] {"rmb.password", "rmb.mv.db"}) {
            var file = data().resolve(name);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThatThrownBy(this::open)
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("chmod 600")
                    .hasMessageContaining(name);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        open().close();
    }

    @Test
    void aLostOrWrongPasswordIsExplainedAndTheDatabaseStays() throws Exception {
        open().close();
        var file = data().resolve("rmb.password");
        var passwords = Files.readString(file);
        Files.delete(file);
        assertThatThrownBy(this::open)
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("put it back");
        for (var wrong : new String[] {"one line\n", "two\nlines\n", "x".repeat(2_000)}) {
            Files.writeString(file, wrong);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            assertThatThrownBy(this::open).isInstanceOf(StoreException.class);
        }
        Files.writeString(file, passwords);
        try (var store = open()) {
            assertThat(store.rebuilt()).isFalse();
        }
    }

    @Test
    void aPathThatTheDatabaseWouldReadAsSettingsIsRefused() {
        assertThatThrownBy(() -> Store.open(folder.resolve("a;INIT=x"), Samples.config()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("';'");
    }

    @Test
    void onlyTheNewestDamagedFilesAreKept() throws Exception {
        try (var directory = DataDirectory.open(data())) {
            for (int i = 1; i <= 3; i++) {
                directory.prepareDatabaseFile();
                directory.moveDatabaseAside(Samples.NOW.plusSeconds(i));
            }
            assertThat(directory.damagedFiles())
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly(aside(3), aside(2));
        }
    }

    /// A program that tries to open a store and says how that went.
    static final class Locked {
        private Locked() {}

        public static void main(String[] arguments) {
            try (var store = Store.open(Path.of(arguments[0]), Samples.config())) {
                System.out.println("open, rebuilt " + store.rebuilt());
            } catch (StoreLockedException _) {
                System.out.println("locked");
            }
        }
    }

    private static String aside(int seconds) {
        return "rmb.mv.db.damaged-" + Samples.NOW.plusSeconds(seconds).toEpochMilli();
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Store open() {
        return Store.open(data(), Samples.config());
    }

    private Path data() {
        return folder.resolve("data");
    }
}
