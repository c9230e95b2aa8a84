package org.p2prmb.store;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// The only thread that changes the database: gathers changes from all callers into few commits.
///
/// A queued change is committed within [StoreConfig#batchDelay] and then survives the death of
/// the process. An awaited change is committed at once, together with all that wait, and forced
/// to the disk before its caller goes on.
final class Writer {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);

    /// A change, applied by the writer's thread inside a transaction that others share.
    interface Change<T> {
        T apply(Session session) throws SQLException;
    }

    /// A change without a result.
    interface Step {
        void apply(Session session) throws SQLException;
    }

    /// Forces everything that was committed to the disk.
    interface Checkpoint {
        void force() throws SQLException;
    }

    /// Makes the file smaller, a step at a time; returns whether there may be more to do.
    interface Compaction {
        boolean step() throws SQLException;
    }

    /// A step of compacting is followed by a pause of at least this many times its length.
    private static final int COMPACTION_PAUSE_FACTOR = 2;

    private static final long COMPACTION_AGAIN_NANOS = 100_000_000;
    private static final long COMPACTION_IDLE_NANOS = 1_000_000_000L;

    private record Entry<T>(
            Change<T> change, int rows, boolean awaited, CompletableFuture<T> done) {
        Runnable apply(Session session) throws SQLException {
            var result = change.apply(session);
            return () -> done.complete(result);
        }
    }

    private final Session session;
    private final Checkpoint checkpoint;
    private final Compaction compaction;
    private final List<Upkeep> parts;
    private final StoreConfig config;
    private final InstantSource clock;
    private final Consumer<SQLException> failed;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("store-writer").unstarted(this::run);

    // Holds at most queueRowsMax entries: each takes a permit for every row.
    private final LinkedBlockingQueue<Entry<?>> queue = new LinkedBlockingQueue<>();
    private final Semaphore room;
    private volatile boolean closing;
    private volatile @Nullable StoreException failure;

    // The writer thread's own.
    private boolean dirty;
    private long checkpointDue;
    private long purgeDue;
    private long compactionDue;

    /// `session` has auto-commit off and is the writer's alone. `failed` hears of the error
    /// that ends the writer.
    Writer(
            Session session,
            Checkpoint checkpoint,
            Compaction compaction,
            List<Upkeep> parts,
            StoreConfig config,
            InstantSource clock,
            Consumer<SQLException> failed) {
        this.session = session;
        this.checkpoint = checkpoint;
        this.compaction = compaction;
        this.parts = List.copyOf(parts);
        this.config = config;
        this.clock = clock;
        this.failed = failed;
        room = new Semaphore(config.queueRowsMax());
    }

    /// Commits what the session did so far, loads the parts' memory, then starts to write.
    void start() throws SQLException {
        for (var part : parts) {
            part.load(session);
        }
        session.connection().commit();
        dirty = true;
        checkpointDue = System.nanoTime() + config.checkpointInterval().toNanos();
        purgeDue = System.nanoTime();
        compactionDue = System.nanoTime() + COMPACTION_IDLE_NANOS;
        thread.start();
    }

    /// Queues a change of about `rows` rows, 1 to [StoreConfig#batchRowsMax].
    void queue(int rows, Step step) {
        add(new Entry<>(change(step), rows, false, new CompletableFuture<>()));
    }

    /// Applies a change and returns its result once it is on the disk.
    <T> T commit(Change<T> change) {
        var entry = new Entry<>(change, 1, true, new CompletableFuture<T>());
        add(entry);
        try {
            return entry.done().get(config.waitMax().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while writing; the outcome is unknown", e);
        } catch (TimeoutException e) {
            throw new StoreException(
                    "writing took longer than " + config.waitMax() + "; the outcome is unknown", e);
        } catch (ExecutionException e) {
            throw new StoreException("writing failed", e.getCause());
        }
    }

    /// Ends the writer as an error of its own would: the database is damaged.
    void fail(SQLException damage) {
        queue.add(
                new Entry<>(
                        _ -> {
                            throw damage;
                        },
                        0,
                        false,
                        new CompletableFuture<>()));
    }

    /// Writes what is queued, then `last`, and stops.
    void close(Step last) {
        // The writer itself notes that it closes, when it is there: a mark that it saw before the
        // change would end it without the change.
        Step end =
                session -> {
                    last.apply(session);
                    closing = true;
                };
        // Past the bound on rows, which a full queue would not let it into.
        var entry = new Entry<>(change(end), 0, true, new CompletableFuture<>());
        queue.add(entry);
        try {
            if (!thread.join(config.waitMax())) {
                throw new StoreException("the store's writer did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while closing", e);
        }
        var cause = failure;
        if (cause != null) {
            throw new StoreException("the store failed before it was closed", cause);
        }
        if (entry.done().isCompletedExceptionally()) {
            throw new StoreException("the store's last change was refused");
        }
    }

    private static Change<Boolean> change(Step step) {
        return session -> {
            step.apply(session);
            return true;
        };
    }

    private void add(Entry<?> entry) {
        try {
            if (!room.tryAcquire(
                    entry.rows(), config.waitMax().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new StoreException("the store has too many rows waiting to be written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting to write", e);
        }
        queue.add(entry);
        // Checked after adding, because the writer empties the queue after it has set these.
        var cause = failure;
        if (cause != null) {
            throw new StoreException("the store failed", cause);
        }
        if (closing) {
            throw new StoreException("the store is closed");
        }
    }

    private void run() {
        var ended = false;
        try {
            while (!closing || !queue.isEmpty()) {
                write(gather());
                maintain();
            }
            force();
            session.close();
            ended = true;
        } catch (SQLException e) {
            failed.accept(e);
            failure = new StoreException("the database failed", e);
        } catch (InterruptedException e) {
            failure = new StoreException("the writer was interrupted", e);
        } finally {
            if (!ended && failure == null) {
                failure = new StoreException("the writer died");
            }
            closing = true;
            for (var entry = queue.poll(); entry != null; entry = queue.poll()) {
                entry.done().completeExceptionally(new StoreException("not written", failure));
                room.release(entry.rows()); // Whoever waits for room hears of it at once.
            }
        }
    }

    /// The next batch: waits for company only as long as nobody waits for the result.
    private List<Entry<?>> gather() throws InterruptedException {
        var batch = new ArrayList<Entry<?>>();
        var next = queue.poll(untilMaintenance(), TimeUnit.NANOSECONDS);
        var deadline = System.nanoTime() + config.batchDelay().toNanos();
        var rows = 0;
        var awaited = false;
        while (next != null) {
            batch.add(next);
            rows += next.rows();
            awaited |= next.awaited();
            if (rows >= config.batchRowsMax()) {
                break;
            }
            var wait = awaited ? 0 : Math.max(0, deadline - System.nanoTime());
            next = queue.poll(wait, TimeUnit.NANOSECONDS);
        }
        return batch;
    }

    private void write(List<Entry<?>> batch) throws SQLException {
        if (batch.isEmpty()) {
            return;
        }
        try {
            commitTogether(batch);
        } catch (SQLException e) {
            if (!isAboutData(e)) {
                throw e;
            }
            rollback();
            for (var entry : batch) {
                commitAlone(entry);
            }
        } finally {
            var lost = new StoreException("not written, see the log");
            for (var entry : batch) {
                entry.done().completeExceptionally(lost); // Without effect where it went well.
                room.release(entry.rows());
            }
        }
    }

    private void commitTogether(List<Entry<?>> batch) throws SQLException {
        var completions = new ArrayList<Runnable>(batch.size());
        var awaited = false;
        for (var entry : batch) {
            completions.add(entry.apply(session));
            awaited |= entry.awaited();
        }
        for (var part : parts) {
            part.settle(session);
        }
        session.connection().commit();
        dirty = true;
        if (awaited) {
            force();
        }
        completions.forEach(Runnable::run);
    }

    /// One change that the database refuses must not take the others of its batch with it.
    private void commitAlone(Entry<?> entry) throws SQLException {
        try {
            commitTogether(List.of(entry));
        } catch (SQLException e) {
            entry.done().completeExceptionally(e);
            if (!isAboutData(e)) {
                throw e;
            }
            rollback();
            log.warn("A change was refused by the database", e);
        }
    }

    private void rollback() throws SQLException {
        session.connection().rollback();
        for (var part : parts) {
            part.load(session);
        }
    }

    private void maintain() throws SQLException {
        var now = System.nanoTime();
        if (now - purgeDue >= 0) {
            for (var part : parts) {
                dirty |= part.purge(session, clock.instant()) > 0;
            }
            session.connection().commit();
            purgeDue = now + config.purgeInterval().toNanos();
        }
        if (now - checkpointDue >= 0) {
            force();
        }
        if (now - compactionDue >= 0) {
            compact();
        }
    }

    private void compact() throws SQLException {
        var start = System.nanoTime();
        var more = compaction.step();
        dirty |= more;
        var end = System.nanoTime();
        compactionDue =
                end
                        + (more
                                ? Math.max(
                                        COMPACTION_AGAIN_NANOS,
                                        (end - start) * COMPACTION_PAUSE_FACTOR)
                                : COMPACTION_IDLE_NANOS);
    }

    private void force() throws SQLException {
        if (dirty) {
            checkpoint.force();
            dirty = false;
        }
        checkpointDue = System.nanoTime() + config.checkpointInterval().toNanos();
    }

    private long untilMaintenance() {
        var now = System.nanoTime();
        var due = Math.min(Math.min(checkpointDue - now, purgeDue - now), compactionDue - now);
        return Math.max(0, due);
    }

    /// Whether the error is about these very values (SQL state 22: data, 23: constraint).
    private static boolean isAboutData(SQLException error) {
        var state = error.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }
}
