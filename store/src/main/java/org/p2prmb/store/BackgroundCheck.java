package org.p2prmb.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Compares the big tables with their indexes while the store is open already.
final class BackgroundCheck implements AutoCloseable {
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final Session session;
    private final boolean afterCrash;
    private final Consumer<SQLException> failed;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("store-check").unstarted(this::run);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closing;

    /// `session` has auto-commit on and is the check's alone. `failed` hears of damage.
    BackgroundCheck(Session session, boolean afterCrash, Consumer<SQLException> failed) {
        this.session = session;
        this.afterCrash = afterCrash;
        this.failed = failed;
    }

    void start() {
        thread.start();
    }

    /// Completes when the check has ended, whatever it found.
    CompletableFuture<Void> ended() {
        return ended.copy();
    }

    private void run() {
        try (session) {
            for (var index : SelfCheck.INDEXES) {
                if (closing) {
                    return;
                }
                var rows = index.rows(session);
                var due = afterCrash || rows <= SelfCheck.COUNT_MAX;
                if (due && rows > SelfCheck.FOREGROUND_ROWS_MAX) {
                    var complaint = index.complaint(session);
                    if (complaint.isPresent()) {
                        throw new FoundDamage(complaint.get());
                    }
                }
            }
        } catch (SQLException e) {
            if (!closing) {
                failed.accept(e);
            }
        } finally {
            ended.complete(null);
        }
    }

    /// Ends the check, in the middle if need be.
    @Override
    public void close() {
        closing = true;
        try {
            do {
                session.cancel();
            } while (!thread.join(AGAIN));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
