package org.p2prmb.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The directory of one agent's data: private to its user, and held by one process at a time.
///
/// ```text
/// rmb.lock                held while open; names the process
/// rmb.password            opens rmb.mv.db: administrator, then application
/// rmb.mv.db               the database
/// rmb.run                 the run number that the database must have reached
/// rmb.clean               the last process closed the database in order
/// rmb.damaged             the last process met damage; the next one starts afresh
/// rmb.mv.db.damaged-N     what was moved aside at Unix millisecond N
/// rmb.journal-N           generation N of the journal
/// ```
final class DataDirectory implements AutoCloseable {
    static final int DAMAGED_FILES_MAX = 2;

    /// The database's two users; the second may not change tables, settings or users.
    record Passwords(String administrator, String application) {}

    private static final int PASSWORD_BYTES = 32;
    private static final int PASSWORD_FILE_MAX = 1024;
    private static final int SMALL_FILE_MAX = 64;
    private static final Set<PosixFilePermission> FOR_OTHERS =
            Set.of(
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.GROUP_EXECUTE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE,
                    PosixFilePermission.OTHERS_EXECUTE);

    // Closing any channel of a file gives up the process's lock on it, so a second opening in
    // this process must be refused before it opens the lock file.
    private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    private DataDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Makes the directory if there is none, and takes its lock.
    ///
    /// Throws [StoreLockedException] when it is taken, [StoreException] when others may read it.
    static DataDirectory open(Path path) {
        try {
            Files.createDirectories(path.toAbsolutePath(), mode("rwx------"));
            var real = path.toRealPath();
            requirePrivate(real, "700");
            for (var file : filesOf(real)) {
                requirePrivate(file, "600");
            }
            // H2 reads settings after a semicolon.
            if (real.toString().contains(";")) {
                throw new StoreException("the data directory's path must not contain ';': " + real);
            }
            if (!OPEN_HERE.add(real)) {
                throw locked(real, "this process");
            }
            return lock(real);
        } catch (IOException e) {
            throw new StoreException("cannot open the data directory " + path, e);
        }
    }

    Path path() {
        return path;
    }

    Path databaseFile() {
        return path.resolve("rmb.mv.db");
    }

    /// The passwords of the database, made when there are none yet.
    Passwords passwords() {
        var file = path.resolve("rmb.password");
        try {
            if (!Files.exists(file)) {
                if (Files.exists(databaseFile())) {
                    throw new StoreException(
                            file
                                    + " is missing and rmb.mv.db cannot be opened without it:"
                                    + " put it back, or move rmb.mv.db away to start afresh");
                }
                writeDurably(file, password() + "\n" + password() + "\n");
            }
            if (Files.size(file) > PASSWORD_FILE_MAX) {
                throw new StoreException(file + " does not hold two passwords");
            }
            var lines = Files.readAllLines(file);
            if (lines.size() != 2) {
                throw new StoreException(file + " does not hold two passwords");
            }
            return new Passwords(lines.get(0), lines.get(1));
        } catch (IOException e) {
            throw new StoreException("cannot read or write " + file, e);
        }
    }

    /// Makes the still empty database file, so that it is private from its first byte.
    void prepareDatabaseFile() {
        if (!Files.exists(databaseFile())) {
            try {
                Files.createFile(databaseFile(), mode("rw-------"));
            } catch (IOException e) {
                throw new StoreException("cannot create " + databaseFile(), e);
            }
        }
    }

    /// Whether the last process closed the database in order; until the next mark it counts as not.
    boolean takeCleanMark() {
        return take("rmb.clean");
    }

    void markClean() {
        mark("rmb.clean");
    }

    /// The number that was set last, 0 for none.
    long lastRun() {
        var file = path.resolve("rmb.run");
        try {
            if (!Files.exists(file)) {
                return 0;
            }
            var text = Files.size(file) > SMALL_FILE_MAX ? "" : Files.readString(file).strip();
            if (!text.matches("\\d{1,18}")) {
                throw new StoreException(file + " does not hold a number: remove it");
            }
            return Long.parseLong(text);
        } catch (IOException e) {
            throw new StoreException("cannot read " + file, e);
        }
    }

    /// Whether no database was ever opened completely here, so that none holds a promise.
    boolean hasNeverRun() {
        return !Files.exists(path.resolve("rmb.run"));
    }

    void setLastRun(long run) {
        try {
            writeDurably(path.resolve("rmb.run"), run + "\n");
        } catch (IOException e) {
            throw new StoreException("cannot write the run's number", e);
        }
    }

    boolean isMarkedDamaged() {
        return Files.exists(path.resolve("rmb.damaged"));
    }

    void markDamaged() {
        mark("rmb.damaged");
    }

    /// Moves the database out of the way and takes the mark of damage off. Only the newest
    /// [#DAMAGED_FILES_MAX] of such files stay.
    void moveDatabaseAside(Instant now) {
        try {
            var aside = path.resolve("rmb.mv.db.damaged-" + now.toEpochMilli());
            if (Files.exists(databaseFile())) {
                Files.move(databaseFile(), aside, StandardCopyOption.REPLACE_EXISTING);
            }
            var damaged = damagedFiles();
            for (int i = DAMAGED_FILES_MAX; i < damaged.size(); i++) {
                Files.delete(damaged.get(i));
            }
            take("rmb.run");
            take("rmb.damaged");
            forceDirectory();
        } catch (IOException e) {
            throw new StoreException("cannot move the damaged database aside", e);
        }
    }

    /// The files moved aside, newest first.
    List<Path> damagedFiles() throws IOException {
        return filesOf(path).stream()
                .filter(file -> file.getFileName().toString().startsWith("rmb.mv.db.damaged-"))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new StoreException("cannot release the data directory", e);
        } finally {
            OPEN_HERE.remove(path);
        }
    }

    /// The attribute that makes a new file or directory private, where the file system can.
    static FileAttribute<?>[] mode(String mode) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
                }
                : new FileAttribute<?>[0];
    }

    static void makePrivate(Path file) throws IOException {
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static DataDirectory lock(Path real) throws IOException {
        var file = real.resolve("rmb.lock");
        var taken = false;
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, mode("rw-------"));
            }
            var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                var holder = holder(channel);
                channel.close();
                throw locked(real, holder);
            }
            var text = "pid " + ProcessHandle.current().pid() + "\n";
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
            taken = true;
            return new DataDirectory(real, channel);
        } catch (OverlappingFileLockException e) {
            throw locked(real, "this process");
        } finally {
            if (!taken) {
                OPEN_HERE.remove(real);
            }
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(SMALL_FILE_MAX);
        channel.read(buffer, 0);
        var text = StandardCharsets.US_ASCII.decode(buffer.flip()).toString().strip();
        return text.matches("pid \\d+") ? "the process with " + text : "another process";
    }

    private static StoreLockedException locked(Path path, String holder) {
        return new StoreLockedException(
                "the data directory %s is in use by %s: stop that, or choose another directory"
                        .formatted(path, holder));
    }

    private static void requirePrivate(Path file, String mode) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return;
        }
        var permissions = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
        if (permissions.stream().anyMatch(FOR_OTHERS::contains)) {
            throw new StoreException(
                    "other users have access to %s (%s): run chmod %s %s"
                            .formatted(
                                    file, PosixFilePermissions.toString(permissions), mode, file));
        }
    }

    /// Our own files; others may lie beside them.
    private static List<Path> filesOf(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("rmb."))
                    .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    private static String password() {
        var bytes = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private boolean take(String name) {
        try {
            return Files.deleteIfExists(path.resolve(name));
        } catch (IOException e) {
            throw new StoreException("cannot remove " + path.resolve(name), e);
        }
    }

    private void mark(String name) {
        try {
            writeDurably(path.resolve(name), "");
        } catch (IOException e) {
            throw new StoreException("cannot write " + path.resolve(name), e);
        }
    }

    /// Writes a file that is either there with all its bytes or not at all.
    private void writeDurably(Path file, String text) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, mode("rw-------"));
        try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory();
    }

    void forceDirectory() throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
