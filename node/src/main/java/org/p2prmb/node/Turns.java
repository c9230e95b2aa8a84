package org.p2prmb.node;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// What waits for one worker, in queues by who brought it, which take turns: whoever brings much
/// waits for itself, and others wait for one of its things each.
///
/// Not thread-safe.
///
/// @param <K> who brings things
/// @param <T> a thing
final class Turns<K, T> {
    private final int max;
    private final SequencedMap<K, Deque<T>> queues = new LinkedHashMap<>();
    private int size;

    /// @param max things in all
    Turns(int max) {
        this.max = max;
    }

    /// What became of a thing.
    ///
    /// @param added whether it waits now
    /// @param pushedOut what made room for it: the newest of whoever has most
    record Added<T>(boolean added, Optional<T> pushedOut) {}

    /// @param mostOfOne how many of one that brings things may wait
    Added<T> add(K from, T thing, int mostOfOne) {
        var own = queues.computeIfAbsent(from, _ -> new ArrayDeque<>());
        var longest = longest();
        boolean full = size == max;
        if (own.size() >= mostOfOne || full && own.size() + 1 >= longest.size()) {
            if (own.isEmpty()) {
                queues.remove(from);
            }
            return new Added<>(false, Optional.empty());
        }
        Optional<T> pushedOut = full ? Optional.of(longest.removeLast()) : Optional.empty();
        own.addLast(thing);
        size += full ? 0 : 1;
        return new Added<>(true, pushedOut);
    }

    private Deque<T> longest() {
        Deque<T> longest = new ArrayDeque<>();
        for (var queue : queues.values()) {
            longest = queue.size() > longest.size() ? queue : longest;
        }
        return longest;
    }

    /// The next thing, if there is one, whose turn it is.
    Optional<T> next() {
        var first = queues.pollFirstEntry();
        if (first == null) {
            return Optional.empty();
        }
        var queue = first.getValue();
        var thing = queue.removeFirst();
        size--;
        if (!queue.isEmpty()) {
            queues.putLast(first.getKey(), queue);
        }
        return Optional.of(thing);
    }
}
