package org.p2prmb.libp2p.core;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How often each of a few things has happened; safe for many threads.
public final class Tally {
    private final Map<String, LongAdder> counts;

    /// @param names what can happen, all counted from 0
    public Tally(List<String> names) {
        counts =
                names.stream()
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Function.identity(), _ -> new LongAdder()));
    }

    /// Throws `IllegalArgumentException` for a name that was not given at the start.
    public void add(String name, long count) {
        var adder = counts.get(name);
        if (adder == null) {
            throw new IllegalArgumentException("nothing is called " + name + " here");
        }
        adder.add(count);
    }

    public void add(String name) {
        add(name, 1);
    }

    /// By name.
    public Map<String, Long> counts() {
        var sums = new TreeMap<String, Long>();
        counts.forEach((name, count) -> sums.put(name, count.sum()));
        return sums;
    }
}
