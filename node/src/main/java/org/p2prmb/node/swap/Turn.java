package org.p2prmb.node.swap;

import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The one question that a chain is asked at a time.
///
/// Whoever asks waits for a limit at most. As long as an answer is due after that, the chain counts
/// as not there, at once: a node that hangs costs its limit once, not for each question. Whatever
/// goes wrong in a question means that nothing is known now.
final class Turn {
    private static final Logger log = LoggerFactory.getLogger(Turn.class);

    private final String chain;
    private final Duration limit;
    private final Executor threads;
    private final AtomicBoolean taken = new AtomicBoolean();

    interface Question<T> {
        T ask() throws LedgerException;
    }

    Turn(String chain, Duration limit, Executor threads) {
        this.chain = chain;
        this.limit = limit;
        this.threads = threads;
    }

    <T> T ask(Question<T> question) throws LedgerException {
        if (!taken.compareAndSet(false, true)) {
            throw new LedgerException("the node of %s hangs".formatted(chain));
        }
        var answer = new CompletableFuture<T>();
        start(question, answer);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new LedgerException(
                    "the node of %s has not answered within %s".formatted(chain, limit), e);
        } catch (ExecutionException e) {
            throw failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LedgerException("interrupted", e);
        }
    }

    private <T> void start(Question<T> question, CompletableFuture<T> answer)
            throws LedgerException {
        try {
            threads.execute(() -> run(question, answer));
        } catch (RejectedExecutionException e) {
            throw new LedgerException("no more questions: we are closing", e);
        }
    }

    private <T> void run(Question<T> question, CompletableFuture<T> answer) {
        try {
            var found = question.ask();
            taken.set(false); // Before the asker goes on, and asks again.
            answer.complete(found);
        } catch (LedgerException | RuntimeException | Error e) { // Supervisor
            taken.set(false);
            answer.completeExceptionally(e);
        }
    }

    private LedgerException failed(ExecutionException e) {
        if (e.getCause() instanceof LedgerException known) {
            return known;
        }
        if (e.getCause() instanceof Error error) {
            throw error; // Nobody knows what is broken: the swaps stop.
        }
        log.warn("a question to {} went wrong", chain, e.getCause());
        return new LedgerException("a question to %s went wrong".formatted(chain), e);
    }
}
