package org.p2prmb.store;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.kademlia.KnownPeers;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.OwnerBook;
import org.p2prmb.protocols.message.UidLog;
import org.p2prmb.protocols.reputation.ReportShelf;
import org.p2prmb.protocols.statements.Sequences;
import org.p2prmb.store.journal.Journal;
import org.p2prmb.store.journal.JournalConfig;
import org.p2prmb.store.journal.JournalRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// An agent's memory on disk, in one directory that one process holds at a time.
///
/// | what | survives the death of the process | survives a power cut |
/// |---|---|---|
/// | contacts and search hits | after [StoreConfig#batchDelay] | after the next checkpoint |
/// | reports of others | after [StoreConfig#batchDelay] | after the next checkpoint |
/// | claims, answers, owners, sequences | before the call returns | before the call returns |
/// | our own reports | before the call returns | before the call returns |
/// | peers of the DHT | before the call returns | before the call returns |
///
/// Queries see what is committed; [#flush] commits what is queued. A file that is damaged is moved
/// aside and a new one started: contacts come back from the network, and [UidLog#since] tells which
/// messages can no longer be told from repeats.
///
/// All parts are safe for many threads, and fail with [StoreException].
public final class Store implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Store.class);

    private static final Duration BACKUP_MAX = Duration.ofMinutes(10);

    private final DataDirectory directory;
    private final Database database;
    private final Writer writer;
    private final Readers readers;
    private final boolean rebuilt;
    private final long run;
    private final ContactBook contacts;
    private final UidLog uids;
    private final Sequences sequences;
    private final OwnerBook owners;
    private final KnownPeers kadPeers;
    private final BackgroundCheck check;
    private final CompletableFuture<StoreException> failure = new CompletableFuture<>();
    private final ReportShelf reports;
    private @Nullable Journal journal; // Guarded by this, as the next.
    private boolean closed;

    private Store(
            DataDirectory directory,
            Database database,
            StoreConfig config,
            InstantSource clock,
            boolean afterCrash,
            boolean rebuilt)
            throws SQLException {
        this.directory = directory;
        this.database = database;
        this.rebuilt = rebuilt;
        var writing = database.session(false);
        run = Facts.run(writing) + 1;
        Facts.setRun(writing, run);
        if (rebuilt) {
            Facts.setSince(writing, clock.instant());
        }
        var since = Facts.since(writing);
        var contactWrites = new ContactWrites(config, clock);
        var uidTable = new StoredUids.Table(config, run);
        writer =
                new Writer(
                        writing,
                        database::checkpoint,
                        database.compaction(),
                        List.of(contactWrites, uidTable, new LockProbe(afterCrash)),
                        config,
                        clock,
                        this::ended);
        readers = new Readers(database.sessions(config.readers()), config, this::failed);
        contacts = new StoredContacts(readers, writer, contactWrites, config, clock);
        uids = new StoredUids(writer, uidTable, since);
        sequences = new StoredSequences(writer, config, clock);
        owners = new StoredOwners(readers, writer, config, clock);
        kadPeers = new StoredKadPeers(readers, writer);
        check = new BackgroundCheck(database.session(true), afterCrash, this::failed);
        reports = new StoredReports(readers, writer);
        writer.start(); // Commits the facts.
        flush();
        directory.setLastRun(run);
        check.start();
    }

    public static Store open(Path directory, StoreConfig config) {
        return open(directory, config, new MonotonicClock());
    }

    /// Opens the store in `directory`, which is made when there is none.
    ///
    /// Throws [StoreLockedException] when a process has it open, [StoreException] when other users
    /// can read it, its disk is full, or it belongs to a newer release.
    public static Store open(Path directory, StoreConfig config, InstantSource clock) {
        var data = DataDirectory.open(directory);
        var opened = false;
        try {
            var store = openWithin(data, config, clock);
            opened = true;
            return store;
        } finally {
            if (!opened) {
                data.close();
            }
        }
    }

    /// Fills an empty `directory` from a backup of our own making; it is run as SQL, so no one
    /// else's. Owners' revocations since the backup are lost.
    public static void restore(Path directory, Path backup, InstantSource clock) {
        try (var data = DataDirectory.open(directory)) {
            if (data.databaseFile().toFile().exists()) {
                throw new StoreException("there is a database in " + directory + " already");
            }
            Database.restore(data, StoreConfig.defaults(), backup, clock.instant());
            data.markClean();
        }
    }

    public ContactBook contacts() {
        return contacts;
    }

    public UidLog uids() {
        return uids;
    }

    public Sequences sequences() {
        return sequences;
    }

    public OwnerBook owners() {
        return owners;
    }

    /// The routing table of the DHT, as it was saved last.
    public KnownPeers kadPeers() {
        return kadPeers;
    }

    /// What is told of others' conduct.
    public ReportShelf reports() {
        return reports;
    }

    /// Opens the journal of this directory, which ends with the store at the latest. It does not
    /// need the database: whatever becomes of that, the journal is as it was.
    ///
    /// Parameters and errors are those of [Journal#open]; one can be open at a time.
    public synchronized Journal openJournal(
            JournalConfig config, Set<Integer> kinds, Consumer<JournalRecord> replay) {
        if (closed || journal != null && !journal.isClosed()) {
            throw new IllegalStateException(
                    closed ? "the store is closed" : "the journal is open already");
        }
        var opened = Journal.open(new DirectoryDisk(directory), config, kinds, replay);
        journal = opened;
        return opened;
    }

    /// Whether this opening found a damaged file and started afresh.
    public boolean rebuilt() {
        return rebuilt;
    }

    /// Completes when the database fails or is found damaged while open: everything is refused from
    /// then on. The next opening starts afresh if it was damage.
    public CompletableFuture<StoreException> failure() {
        return failure.copy();
    }

    /// Completes when the tables have been compared with their indexes, which goes on behind an
    /// opening; what it finds completes [#failure].
    public CompletableFuture<Void> checked() {
        return check.ended();
    }

    public long fileBytes() {
        return database.fileBytes();
    }

    /// Returns once everything that was queued before is on the disk and visible to queries.
    public void flush() {
        writer.commit(_ -> true);
    }

    /// Writes everything as compressed SQL to `file`, replacing it; seconds for a million contacts.
    public void backup(Path file) {
        flush();
        var writing =
                new FutureTask<>(() -> {
                    database.backup(file.toAbsolutePath());
                    return true;
                });
        run(writing, "store-backup", BACKUP_MAX, "the backup");
    }

    /// Writes what is queued and closes the file in order.
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (directory) {
            if (journal != null) {
                journal.close();
            }
            try (database;
                    readers;
                    check) {
                writer.close(session -> Facts.setRun(session, run + 1));
            }
            directory.setLastRun(run + 1);
            directory.markClean();
        }
    }

    /// Hears of the end of the writer and of every error of the readers and the check.
    private void failed(SQLException error) {
        if (Database.isDamage(error) && !failure.isDone()) {
            log.error("The database is damaged; the next start makes a new one", error);
            directory.markDamaged();
            var cause = new StoreException("the database is damaged", error);
            readers.refuse(cause);
            writer.fail(error);
            failure.complete(cause);
        }
    }

    private void ended(SQLException error) {
        failed(error);
        if (!failure.isDone()) {
            log.error("The database failed", error);
        }
        failure.complete(new StoreException("the database failed", error));
    }

    private static Store openWithin(DataDirectory data, StoreConfig config, InstantSource clock) {
        var moved = new AtomicInteger();
        var opening =
                new FutureTask<>(() -> openOrRebuild(data, config, clock, moved::incrementAndGet));
        try {
            return open(opening, config.openMax(), moved);
        } finally {
            if (!opening.isDone()) {
                // Nothing stops a thread that hangs in a damaged file: the next process replaces
                // it.
                data.markDamaged();
            }
        }
    }

    /// Opening has its limit, but bringing many rows to today's form may take as long as it
    /// goes on.
    private static Store open(FutureTask<Store> opening, Duration max, AtomicInteger moved) {
        Thread.ofPlatform().daemon().name("store-open").start(opening);
        while (true) {
            var before = moved.get();
            try {
                return await(opening, max, "opening the database");
            } catch (StoreException e) {
                if (!(e.getCause() instanceof TimeoutException) || moved.get() == before) {
                    throw e;
                }
            }
        }
    }

    /// Runs `task` on a thread that nobody interrupts: H2 would close the file.
    private static <T> T run(FutureTask<T> task, String name, Duration max, String what) {
        Thread.ofPlatform().daemon().name(name).start(task);
        return await(task, max, what);
    }

    private static <T> T await(FutureTask<T> task, Duration max, String what) {
        try {
            return task.get(max.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new StoreException(what + " took longer than " + max, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while " + what, e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreException cause
                    ? cause
                    : new StoreException(what + " failed", e.getCause());
        }
    }

    private static Store openOrRebuild(
            DataDirectory data, StoreConfig config, InstantSource clock, Runnable progress)
            throws SQLException, DamageException {
        var afterCrash = !data.takeCleanMark();
        if (data.isMarkedDamaged()) {
            return rebuild(data, config, clock, "it failed in the last run");
        }
        try {
            var database = Database.open(data, config, progress);
            return new Store(data, database, config, clock, afterCrash, false);
        } catch (DamageException e) {
            return rebuild(data, config, clock, String.valueOf(e.getMessage()));
        }
    }

    private static Store rebuild(
            DataDirectory data, StoreConfig config, InstantSource clock, String why)
            throws SQLException, DamageException {
        data.moveDatabaseAside(clock.instant());
        log.warn("The database was damaged ({}): moved aside, started afresh", why);
        return new Store(data, Database.open(data, config, () -> {}), config, clock, false, true);
    }
}
