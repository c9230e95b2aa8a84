package org.p2prmb.node.swap;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.LedgerException;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// What others want of the thread of the swaps, in their order: bounded, and each waits for what
/// comes of it.
final class Mailbox {
    private static final int WAITING_MAX = 256;
    private static final String STOPPED = "the swaps have stopped";
    private static final String NOT_DONE = "the swaps are busy: nothing was done, try it later";
    private static final String BEGUN =
            "the swaps are busy: this has begun and may still be done, so look what came of it"
                    + " before you try it again";

    private final BlockingQueue<Letter<?>> letters = new ArrayBlockingQueue<>(WAITING_MAX);
    private volatile boolean closed;

    /// A piece of work for the owner.
    interface Work<T> {
        T run() throws LedgerException, ProtocolException;
    }

    /// @param taken by the owner, who does it, or back by whoever has waited long enough
    private record Letter<T>(Work<T> work, CompletableFuture<T> result, AtomicBoolean taken) {
        Letter(Work<T> work) {
            this(work, new CompletableFuture<>(), new AtomicBoolean());
        }

        boolean take() {
            return taken.compareAndSet(false, true);
        }

        /// What others did wrong is theirs; anything else is a fault of ours.
        void open() {
            if (!take()) {
                return; // Nobody wants it any more.
            }
            try {
                result.complete(work.run());
            } catch (LedgerException | ProtocolException | IllegalArgumentException e) {
                result.completeExceptionally(e);
            } catch (RuntimeException | Error e) { // Supervisor
                result.completeExceptionally(e);
                throw e;
            }
        }
    }

    /// Waits for the owner to do it.
    ///
    /// Throws [LedgerException] when that takes too long, there is too much to do, or the owner is
    /// gone. What was not begun in time is never done: whoever asks again must not get it twice.
    <T> T ask(Work<T> work, Duration limit) throws LedgerException, ProtocolException {
        var letter = new Letter<T>(work);
        if (closed) {
            throw new LedgerException(STOPPED);
        }
        if (!letters.offer(letter)) {
            throw new LedgerException("too much is asked of the swaps at once");
        }
        if (closed && letters.remove(letter)) {
            throw new LedgerException(STOPPED); // It came after the last one was refused.
        }
        try {
            return letter.result().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LedgerException(letter.take() ? NOT_DONE : BEGUN, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException("interrupted", e);
        } catch (ExecutionException e) {
            throw failed(e);
        }
    }

    private static RuntimeException failed(ExecutionException e)
            throws LedgerException, ProtocolException {
        switch (e.getCause()) {
            case LedgerException known -> throw known;
            case ProtocolException known -> throw known;
            case IllegalArgumentException known -> throw known;
            case null, default -> throw new LedgerException(STOPPED, e);
        }
    }

    /// Does the next thing that is asked for, if there is one within this time.
    void serve(Duration patience) throws InterruptedException {
        @Nullable Letter<?> next = letters.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (next != null) {
            next.open();
        }
    }

    /// Refuses whatever waits, and whatever comes; an owner who waits goes on at once.
    void close() {
        closed = true;
        refuse();
        var _ = letters.offer(new Letter<>(() -> "wake up"));
    }

    private void refuse() {
        for (var left = letters.poll(); left != null; left = letters.poll()) {
            left.result().completeExceptionally(new LedgerException(STOPPED));
        }
    }
}
