package org.p2prmb.libp2p.core;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;

/// How often each of a few things has happened; safe for many threads.
public final class Tally {
    /// Names come from our own code, so reaching it is a bug.
    public static final int NAMES_MAX = 64;

    private final ConcurrentMap<String, LongAdder> counts = new ConcurrentHashMap<>();

    public void add(String name) {
        add(name, 1);
    }

    public void add(String name, long count) {
        var known = counts.get(name);
        if (known == null) {
            if (counts.size() >= NAMES_MAX) {
                throw new IllegalStateException("too many names in a tally");
            }
            known = counts.computeIfAbsent(name, _ -> new LongAdder());
        }
        known.add(count);
    }

    /// By name; without those that never happened.
    public Map<String, Long> counts() {
        var sums = new TreeMap<String, Long>();
        counts.forEach((name, count) -> sums.put(name, count.sum()));
        return sums;
    }
}
