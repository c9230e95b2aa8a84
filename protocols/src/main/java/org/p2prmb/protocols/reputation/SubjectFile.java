package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/// The reports on one agent: bounded, each once.
@Pure
final class SubjectFile {
    /// Reports on one subject.
    static final int REPORTS_MAX = 256;

    /// Reports of one reporter on one subject: its oldest make room.
    static final int OF_REPORTER_MAX = 8;

    /// A full file drops so many at once, so that few pay for it.
    private static final int DROPPED_AT_ONCE = 32;

    private static final Filed[] NOTHING = {};

    private final PeerId self;

    /// In the order of [Filed].
    private Filed[] entries = NOTHING;

    /// [Filed#order] of each entry: most searches end without looking at a report.
    private long[] orders = {};

    /// The same in the order in which they came in.
    private Filed[] arrivals = NOTHING;

    private int size;
    private int own;
    private int faults;
    private long lastOwnMillis = Long.MIN_VALUE;
    private long lastUse;

    SubjectFile(PeerId self) {
        this.self = self;
    }

    /// Takes one account of a reporter's word and our later experience.
    @FunctionalInterface
    interface Comparisons {
        void compared(PeerId reporter, int agree, int disagree);
    }

    int size() {
        return size;
    }

    boolean hasOwn() {
        return own > 0;
    }

    boolean hasFaults() {
        return faults > 0;
    }

    Filed entry(int index) {
        return entries[index];
    }

    /// The `back`th from the newest, 0 for the newest.
    Filed arrival(int back) {
        return arrivals[size - 1 - back];
    }

    boolean isOwn(Filed filed) {
        return filed.report().reporter().equals(self);
    }

    /// When we last had an experience of our own; the beginning of time without one.
    long lastOwnMillis() {
        return lastOwnMillis;
    }

    /// Whether it is among the last to be forgotten: something is proven, or was seen by us.
    boolean precious() {
        return own > 0 || faults > 0;
    }

    /// Grows with every use of any file.
    long lastUse() {
        return lastUse;
    }

    void used(long use) {
        lastUse = use;
    }

    /// The amounts of our own settled swaps that are not yet forgotten.
    long ownSettledCents(long today) {
        long cents = 0;
        for (int index = 0; index < size && own > 0; index++) {
            var report = entries[index].report();
            boolean counts = report.kind().good() && today - report.epoch() <= Decay.DAYS_MAX;
            cents += counts && isOwn(entries[index]) ? report.amountUsdCents() : 0;
        }
        return cents;
    }

    /// The report's place; if it is not held, -1 less the place that it would have.
    int find(Filed filed) {
        int place = Arrays.binarySearch(orders, 0, size, filed.order());
        if (place < 0) {
            return place;
        }
        while (place > 0 && orders[place - 1] == filed.order()) {
            place--;
        }
        for (; place < size && orders[place] == filed.order(); place++) {
            int compared = entries[place].compareTo(filed);
            if (compared >= 0) {
                return compared == 0 ? place : -1 - place;
            }
        }
        return -1 - place;
    }

    /// Puts a verified one in the place of the same that was not; it keeps the time of receipt.
    void verified(Filed filed, int place) {
        var known = entries[place];
        var better = new Filed(known.signed(), filed.fact(), known.receivedMillis());
        entries[place] = better;
        for (int index = 0; index < size; index++) {
            if (arrivals[index].equals(known)) {
                arrivals[index] = better;
            }
        }
        faults += better.fault() ? 1 : 0;
    }

    /// Adds a report that is not held; returns what had to make room.
    ///
    /// @param place that it will have, of [#find]
    List<Filed> add(Filed filed, int place, ToDoubleFunction<PeerId> weight) {
        if (size == entries.length) {
            int room = Math.min(REPORTS_MAX + 1, Math.max(8, size * 2));
            entries = Arrays.copyOf(entries, room);
            orders = Arrays.copyOf(orders, room);
            arrivals = Arrays.copyOf(arrivals, room);
        }
        System.arraycopy(entries, place, entries, place + 1, size - place);
        System.arraycopy(orders, place, orders, place + 1, size - place);
        entries[place] = filed;
        orders[place] = filed.order();
        arrivals[size] = filed;
        size++;
        count(filed, 1);
        if (crowd(place) > OF_REPORTER_MAX && !isOwn(filed)) {
            return drop(List.of(oldestOf(filed)));
        }
        return size > REPORTS_MAX ? drop(worst(weight)) : List.of();
    }

    /// Whether adding one at this place will make others go.
    boolean mustDropAt(int place) {
        return size >= REPORTS_MAX
                || crowd(place) >= OF_REPORTER_MAX
                || place > 0 && crowd(place - 1) >= OF_REPORTER_MAX;
    }

    private void count(Filed filed, int by) {
        if (isOwn(filed)) {
            own += by;
            lastOwnMillis = Math.max(lastOwnMillis, filed.receivedMillis());
        }
        faults += filed.fault() ? by : 0;
    }

    /// How many reports are by the reporter of the one at this place.
    private int crowd(int place) {
        if (place >= size) {
            return 0;
        }
        int first = place;
        while (first > 0 && entries[first - 1].sameReporter(entries[place])) {
            first--;
        }
        int end = place + 1;
        while (end < size && entries[end].sameReporter(entries[place])) {
            end++;
        }
        return end - first;
    }

    /// The one of this reporter that says least: first those that prove nothing, then by age.
    private Filed oldestOf(Filed filed) {
        var ofReporter = new ArrayList<Filed>();
        for (int index = 0; index < size; index++) {
            if (entries[index].sameReporter(filed)) {
                ofReporter.add(entries[index]);
            }
        }
        return Collections.min(
                ofReporter,
                Comparator.comparing(Filed::fault)
                        .thenComparing(Filed::verified)
                        .thenComparingLong(SubjectFile::epoch)
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static long epoch(Filed filed) {
        return filed.report().epoch();
    }

    private List<Filed> worst(ToDoubleFunction<PeerId> weight) {
        var ranked = new ArrayList<>(List.of(Arrays.copyOf(entries, size)));
        ranked.sort(
                Comparator.comparingInt((Filed filed) -> rank(filed, weight))
                        .thenComparingLong(SubjectFile::epoch)
                        .thenComparing(Comparator.naturalOrder()));
        return List.copyOf(ranked.subList(0, DROPPED_AT_ONCE));
    }

    /// The lowest go first: opinions of those that proved nothing to us, of those that did, what is
    /// proven, and at last our own.
    private int rank(Filed filed, ToDoubleFunction<PeerId> weight) {
        if (isOwn(filed)) {
            return 4;
        }
        if (filed.verified()) {
            return filed.fault() ? 3 : 2;
        }
        return weight.applyAsDouble(filed.report().reporter()) > 0 ? 1 : 0;
    }

    /// Drops what is older than reports are kept.
    List<Filed> dropExpired(long today) {
        var expired = new ArrayList<Filed>();
        for (int index = 0; index < size; index++) {
            if (today - epoch(entries[index]) > Decay.DAYS_MAX) {
                expired.add(entries[index]);
            }
        }
        return expired.isEmpty() ? List.of() : drop(expired);
    }

    private List<Filed> drop(List<Filed> dropped) {
        var gone = new HashSet<>(dropped);
        entries = without(entries, gone);
        arrivals = without(arrivals, gone);
        size -= dropped.size();
        for (int index = 0; index < size; index++) {
            orders[index] = entries[index].order();
        }
        dropped.forEach(filed -> count(filed, -1));
        return dropped;
    }

    private Filed[] without(Filed[] from, Set<Filed> dropped) {
        var left = new Filed[from.length];
        int next = 0;
        for (int index = 0; index < size; index++) {
            if (!dropped.contains(from[index])) {
                left[next++] = from[index];
            }
        }
        return left;
    }

    /// Compares each reporter's last word before each experience of our own with that experience.
    /// What was said afterwards proves nothing: it can be copied from us.
    void compare(Comparisons comparisons) {
        if (own == 0) {
            return;
        }
        var experience = experience();
        int end;
        for (int first = 0; first < size; first = end) {
            end = first + 1;
            while (end < size && entries[end].sameReporter(entries[first])) {
                end++;
            }
            if (!isOwn(entries[first])) {
                compare(first, end, experience, comparisons);
            }
        }
    }

    private Filed[] experience() {
        var experience = new Filed[own];
        int next = 0;
        for (int index = 0; index < size; index++) {
            if (isOwn(entries[index])) {
                experience[next++] = entries[index];
            }
        }
        return experience;
    }

    private void compare(int first, int end, Filed[] experience, Comparisons comparisons) {
        int agree = 0;
        int disagree = 0;
        for (var met : experience) {
            var said = lastBefore(first, end, met.receivedMillis());
            if (said >= 0) {
                boolean alike = entries[said].report().kind().good() == met.report().kind().good();
                agree += alike ? 1 : 0;
                disagree += alike ? 0 : 1;
            }
        }
        if (agree + disagree > 0) {
            comparisons.compared(entries[first].report().reporter(), agree, disagree);
        }
    }

    /// The place of the reporter's newest word by then; -1 for none. A reporter's sequence grows.
    private int lastBefore(int first, int end, long millis) {
        for (int index = end - 1; index >= first; index--) {
            if (entries[index].receivedMillis() < millis) {
                return index;
            }
        }
        return -1;
    }
}
