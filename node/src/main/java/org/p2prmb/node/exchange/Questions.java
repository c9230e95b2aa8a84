package org.p2prmb.node.exchange;

import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.Refusal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;

/// Questions to a loop, whose answers come as actions with the question's number.
final class Questions {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final AtomicLong last = new AtomicLong();
    private final Map<Long, CompletableFuture<ExchangeResponse>> open = new ConcurrentHashMap<>();

    /// Waits for the answer.
    ///
    /// @param asked hands the question with this number over; false when there is no room
    ExchangeResponse ask(LongPredicate asked) throws InterruptedException {
        long number = last.incrementAndGet();
        var answer = new CompletableFuture<ExchangeResponse>();
        open.put(number, answer);
        try {
            return asked.test(number)
                    ? answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
                    : new ExchangeResponse.Refused(Refusal.TOO_OFTEN);
        } catch (TimeoutException _) {
            return new ExchangeResponse.Refused(Refusal.NOT_YET);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer that failed", e);
        } finally {
            open.remove(number);
        }
    }

    void answer(long number, ExchangeResponse response) {
        var asked = open.get(number);
        if (asked != null) {
            asked.complete(response);
        }
    }
}
