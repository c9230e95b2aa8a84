package org.p2prmb.store;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A fixed number of connections for queries, each used by one of as many threads.
///
/// Queries run on these threads and not on the caller's, because interrupting a thread inside
/// H2 would close the file under everybody else.
final class Readers implements AutoCloseable {
    private static final int QUEUE_MAX = 1_000;

    interface Query<T> {
        T run(Session session) throws SQLException;
    }

    private final BlockingQueue<Session> idle;
    private final ThreadPoolExecutor threads;
    private final StoreConfig config;
    private final Consumer<SQLException> failed;
    private volatile @Nullable StoreException refusal;

    /// `failed` hears of every error of the database.
    Readers(List<Session> sessions, StoreConfig config, Consumer<SQLException> failed) {
        this.config = config;
        this.failed = failed;
        idle = new ArrayBlockingQueue<>(sessions.size(), false, sessions);
        threads =
                new ThreadPoolExecutor(
                        sessions.size(),
                        sessions.size(),
                        0,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(QUEUE_MAX),
                        Thread.ofPlatform().daemon().name("store-reader-", 0).factory());
    }

    /// Answers no query any more: the database gives wrong answers.
    void refuse(StoreException why) {
        refusal = why;
    }

    <T> T read(Query<T> query) {
        var why = refusal;
        if (why != null) {
            throw new StoreException("the store failed", why);
        }
        Future<T> answer;
        try {
            answer = threads.submit(() -> run(query));
        } catch (RejectedExecutionException e) {
            throw new StoreException("the store is closed or has too many queries waiting", e);
        }
        try {
            return answer.get(config.waitMax().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while reading", e);
        } catch (TimeoutException e) {
            answer.cancel(false);
            throw new StoreException("a query took longer than " + config.waitMax(), e);
        } catch (ExecutionException e) {
            throw new StoreException("reading failed", e.getCause());
        }
    }

    /// Lets running queries end and closes their connections.
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(config.waitMax().toMillis(), TimeUnit.MILLISECONDS)) {
                threads.getQueue().clear();
            }
            for (var session = idle.poll(); session != null; session = idle.poll()) {
                session.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new StoreException("cannot close a connection", e);
        }
    }

    private <T> T run(Query<T> query) throws SQLException, InterruptedException {
        var session = idle.take(); // As many as threads, so one is always there.
        try {
            return query.run(session);
        } catch (SQLException e) {
            failed.accept(e);
            throw e;
        } finally {
            idle.add(session);
        }
    }
}
