package org.p2prmb.node;

import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Searches whose results the owner's client fetches while they come.
///
/// Each runs on a virtual thread of its own; a client that never comes back leaves it to end by
/// itself, and to make room for a newer one. Safe for many threads.
final class LiveSearches implements AutoCloseable {
    static final int SEARCHES_MAX = 32;

    private final AgentSearch search;
    private final Map<Long, Running> running = new LinkedHashMap<>();
    private long last;

    /// What came of a search since it was asked last.
    ///
    /// @param end what it took, once it is over
    record News(List<SignedContact> found, Optional<SearchAnswer> end) {}

    private static final class Running {
        private final List<SignedContact> fresh = new ArrayList<>();
        private Optional<SearchAnswer> end = Optional.empty();
        private boolean over;

        private synchronized void found(SignedContact record) {
            fresh.add(record);
            notifyAll();
        }

        private synchronized void ended(Optional<SearchAnswer> answer) {
            end = answer;
            over = true;
            notifyAll();
        }

        private synchronized boolean isOver() {
            return over;
        }

        private synchronized News news(Duration wait) throws InterruptedException {
            var until = System.nanoTime() + wait.toNanos();
            var left = wait.toMillis();
            while (fresh.isEmpty() && !over && left > 0) {
                wait(left);
                left = (until - System.nanoTime()) / 1_000_000;
            }
            var news = new News(List.copyOf(fresh), end);
            fresh.clear();
            return news;
        }
    }

    LiveSearches(AgentSearch search) {
        this.search = search;
    }

    /// Begins a search and returns its number; throws `IllegalStateException` when too many run.
    synchronized long begin(
            SearchCondition condition, int hops, int resultsMax, Duration patience) {
        if (running.size() >= SEARCHES_MAX) {
            running.values().removeIf(Running::isOver);
        }
        if (running.size() >= SEARCHES_MAX) {
            throw new IllegalStateException("too many searches at once");
        }
        var begun = new Running();
        running.put(++last, begun);
        Thread.ofVirtual()
                .name("live search")
                .start(() -> run(begun, condition, hops, resultsMax, patience));
        return last;
    }

    private void run(
            Running begun, SearchCondition condition, int hops, int resultsMax, Duration patience) {
        Optional<SearchAnswer> end = Optional.empty();
        try {
            end = Optional.of(search.find(condition, hops, resultsMax, patience, begun::found));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // Closing: there is nothing more.
        } finally {
            begun.ended(end);
        }
    }

    /// What is new of a search, as soon as there is something, or else when `wait` is over; empty
    /// when there is no such search. One that has told its end is forgotten.
    Optional<News> news(long number, Duration wait) throws InterruptedException {
        var asked = find(number);
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        var news = asked.get().news(wait);
        if (asked.get().isOver() && news.found().isEmpty()) {
            forget(number);
        }
        return Optional.of(news);
    }

    private synchronized Optional<Running> find(long number) {
        return Optional.ofNullable(running.get(number));
    }

    private synchronized void forget(long number) {
        running.remove(number);
    }

    @Override
    public synchronized void close() {
        running.values().forEach(search -> search.ended(Optional.empty()));
        running.clear();
    }
}
