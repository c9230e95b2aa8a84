package org.p2prmb.interop;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// What came in, in order, for tests that wait for some of it. Each arrival is taken once.
final class Arrivals<T> {
    /// The patience of a test: far more than anything takes, as it only delays failures.
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final int WAITING_MAX = 10_000;
    private static final int SHOWN_MAX = 20;
    private static final int SHOWN_LENGTH_MAX = 500;

    private final String source;
    private final List<T> waiting = new ArrayList<>();
    private final ArrayDeque<String> latest = new ArrayDeque<>();
    private @Nullable String end;

    /// @param source named when an awaited arrival does not come
    Arrivals(String source) {
        this.source = source;
    }

    synchronized void add(T arrival) {
        if (waiting.size() == WAITING_MAX) {
            waiting.removeFirst();
        }
        if (latest.size() == SHOWN_MAX) {
            latest.removeFirst();
        }
        waiting.add(arrival);
        var text = String.valueOf(arrival);
        latest.add(text.length() > SHOWN_LENGTH_MAX ? text.substring(0, SHOWN_LENGTH_MAX) : text);
        notifyAll();
    }

    /// Nothing more will come, and why; whoever waits fails at once.
    synchronized void end(String why) {
        end = why;
        notifyAll();
    }

    /// Takes the first arrival that is `wanted`, waiting for it when it has not come yet.
    synchronized T await(String what, Predicate<? super T> wanted) throws InterruptedException {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var found = take(wanted);
            if (found != null) {
                return found;
            }
            var left = deadline - System.nanoTime();
            if (left <= 0 || end != null) {
                throw new AssertionError(missing(what));
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    private @Nullable T take(Predicate<? super T> wanted) {
        for (var index = 0; index < waiting.size(); index++) {
            if (wanted.test(waiting.get(index))) {
                return waiting.remove(index);
            }
        }
        return null;
    }

    /// Those that have come and were not taken yet and are `wanted`.
    synchronized List<T> seen(Predicate<? super T> wanted) {
        return waiting.stream().filter(wanted).toList();
    }

    /// Drops those that have come and were not taken yet.
    synchronized void clear() {
        waiting.clear();
    }

    private String missing(String what) {
        var why = end == null ? "within " + PATIENCE.toSeconds() + " s" : "before its end: " + end;
        return "%s: no %s %s; the latest arrivals:%n%s"
                .formatted(source, what, why, String.join(System.lineSeparator(), latest));
    }
}
