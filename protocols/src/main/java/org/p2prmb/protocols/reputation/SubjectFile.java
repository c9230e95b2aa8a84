package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Pure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// The reports on one agent: bounded, each once.
@Pure
final class SubjectFile {
    /// Reports on one subject.
    static final int REPORTS_MAX = 256;

    /// Reports of one reporter on one subject: its oldest make room.
    static final int OF_REPORTER_MAX = 8;

    /// A full file drops so many at once, so that few pay for it.
    private static final int DROPPED_AT_ONCE = 32;

    /// Bits of [#traits]; the rest is the epoch.
    private static final int GOOD = 1;

    private static final int VERIFIED = 2;
    private static final int TRAIT_BITS = 2;
    private static final int PLACE_BITS = 16;
    private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;
    private static final int RANK_SHIFT = Integer.SIZE + PLACE_BITS;

    private final Reporters known;

    /// In the order of [Filed].
    private Filed[] entries = {};

    /// [Filed#order] of each entry: most searches end without looking at a report.
    private long[] orders = {};

    /// Whose each entry is.
    private Reporter[] reporters = {};

    /// What [Tally] needs of each entry, side by side: reports are far apart.
    private int[] traits = {};

    /// The entries in the order in which they came in.
    private Filed[] arrivals = {};

    private int size;
    private int own;
    private int faults;
    private long lastOwnMillis = Long.MIN_VALUE;
    private long lastUse;

    SubjectFile(Reporters known) {
        this.known = known;
    }

    /// Takes one account of a reporter's word and our later experience.
    @FunctionalInterface
    interface Comparisons {
        void compared(Reporter reporter, int agree, int disagree);
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

    Reporter reporter(int index) {
        return reporters[index];
    }

    boolean isOwn(int index) {
        return reporters[index] == known.self();
    }

    boolean isOwn(Filed filed) {
        return known.self().wrote(filed);
    }

    boolean isGood(int index) {
        return (traits[index] & GOOD) != 0;
    }

    boolean isVerified(int index) {
        return (traits[index] & VERIFIED) != 0;
    }

    boolean isFault(int index) {
        return isVerified(index) && !isGood(index);
    }

    long epoch(int index) {
        return traits[index] >> TRAIT_BITS;
    }

    private static int traits(Filed filed) {
        return filed.report().epoch() << TRAIT_BITS
                | (filed.verified() ? VERIFIED : 0)
                | (filed.report().kind().good() ? GOOD : 0);
    }

    /// The first place after those of the reporter of this one, which begins them.
    int endOfReporter(int first) {
        int end = first + 1;
        while (end < size && reporters[end] == reporters[first]) {
            end++;
        }
        return end;
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
            boolean counts = isOwn(index) && isGood(index) && !isExpired(index, today);
            cents += counts ? entries[index].report().amountUsdCents() : 0;
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
        traits[place] = traits(better);
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
    List<Filed> add(Filed filed, int place) {
        if (size == entries.length) {
            int room = Math.min(REPORTS_MAX + 1, Math.max(8, size * 2));
            entries = Arrays.copyOf(entries, room);
            orders = Arrays.copyOf(orders, room);
            reporters = Arrays.copyOf(reporters, room);
            traits = Arrays.copyOf(traits, room);
            arrivals = Arrays.copyOf(arrivals, room);
        }
        move(place, place + 1, size - place);
        entries[place] = filed;
        orders[place] = filed.order();
        reporters[place] = known.hold(filed.reporter());
        traits[place] = traits(filed);
        arrivals[size] = filed;
        size++;
        count(filed, place, 1);
        if (crowd(place) > OF_REPORTER_MAX && !isOwn(place)) {
            return drop(new int[] {oldestOf(place)});
        }
        return size > REPORTS_MAX ? drop(worst()) : List.of();
    }

    private void move(int from, int to, int length) {
        System.arraycopy(entries, from, entries, to, length);
        System.arraycopy(orders, from, orders, to, length);
        System.arraycopy(reporters, from, reporters, to, length);
        System.arraycopy(traits, from, traits, to, length);
    }

    /// Whether adding one at this place will make others go.
    boolean mustDropAt(int place) {
        return size >= REPORTS_MAX
                || crowd(place) >= OF_REPORTER_MAX
                || place > 0 && crowd(place - 1) >= OF_REPORTER_MAX;
    }

    private void count(Filed filed, int place, int by) {
        if (isOwn(place)) {
            own += by;
            lastOwnMillis = Math.max(lastOwnMillis, filed.receivedMillis());
        }
        faults += filed.fault() ? by : 0;
    }

    /// How many reports are by the reporter of the one at this place.
    private int crowd(int place) {
        return place >= size ? 0 : endOfReporter(place) - beginOfReporter(place);
    }

    private int beginOfReporter(int place) {
        int first = place;
        while (first > 0 && reporters[first - 1] == reporters[place]) {
            first--;
        }
        return first;
    }

    /// The one of this reporter that says least: first those that prove nothing, then by age.
    private int oldestOf(int place) {
        int end = endOfReporter(place);
        int oldest = beginOfReporter(place);
        for (int index = oldest + 1; index < end; index++) {
            oldest = saysLess(index, oldest) ? index : oldest;
        }
        return oldest;
    }

    private boolean saysLess(int index, int other) {
        if (isFault(index) != isFault(other)) {
            return isFault(other);
        }
        if (isVerified(index) != isVerified(other)) {
            return isVerified(other);
        }
        return epoch(index) < epoch(other);
    }

    /// By rank, then by age, then by place.
    private int[] worst() {
        var keys = new long[size];
        for (int index = 0; index < size; index++) {
            keys[index] = (long) rank(index) << RANK_SHIFT | epoch(index) << PLACE_BITS | index;
        }
        Arrays.sort(keys);
        var places = new int[DROPPED_AT_ONCE];
        for (int next = 0; next < places.length; next++) {
            places[next] = (int) keys[next] & PLACE_MASK;
        }
        Arrays.sort(places);
        return places;
    }

    /// The lowest go first: opinions of those that proved nothing to us, of those that did, what is
    /// proven, and at last our own.
    private int rank(int index) {
        if (isOwn(index)) {
            return 4;
        }
        if (isVerified(index)) {
            return isFault(index) ? 3 : 2;
        }
        return reporters[index].agreement().weight() > 0 ? 1 : 0;
    }

    private boolean isExpired(int index, long today) {
        return today - epoch(index) > Decay.DAYS_MAX;
    }

    /// Drops what is older than reports are kept.
    List<Filed> dropExpired(long today) {
        var expired = IntStream.range(0, size).filter(index -> isExpired(index, today)).toArray();
        return expired.length == 0 ? List.of() : drop(expired);
    }

    /// Drops all.
    List<Filed> dropAll() {
        return drop(IntStream.range(0, size).toArray());
    }

    /// @param places in ascending order
    private List<Filed> drop(int[] places) {
        var dropped = new ArrayList<Filed>(places.length);
        for (int place : places) {
            dropped.add(entries[place]);
            count(entries[place], place, -1);
            known.release(reporters[place]);
        }
        for (int next = 0; next < places.length; next++) {
            int from = places[next] + 1;
            int to = next + 1 < places.length ? places[next + 1] : size;
            move(from, from - 1 - next, to - from);
        }
        int left = size - places.length;
        keepArrivals(Set.copyOf(dropped));
        Arrays.fill(entries, left, size, null);
        Arrays.fill(reporters, left, size, null);
        size = left;
        return dropped;
    }

    private void keepArrivals(Set<Filed> dropped) {
        int next = 0;
        for (int index = 0; index < size; index++) {
            if (!dropped.contains(arrivals[index])) {
                arrivals[next++] = arrivals[index];
            }
        }
        Arrays.fill(arrivals, next, size, null);
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
            end = endOfReporter(first);
            if (!isOwn(first)) {
                compare(first, end, experience, comparisons);
            }
        }
    }

    /// The places of our own reports.
    private int[] experience() {
        return IntStream.range(0, size).filter(this::isOwn).toArray();
    }

    private void compare(int first, int end, int[] experience, Comparisons comparisons) {
        int agree = 0;
        int disagree = 0;
        for (int met : experience) {
            int said = lastBefore(first, end, entries[met].receivedMillis());
            if (said >= 0) {
                boolean alike = isGood(said) == isGood(met);
                agree += alike ? 1 : 0;
                disagree += alike ? 0 : 1;
            }
        }
        if (agree + disagree > 0) {
            comparisons.compared(reporters[first], agree, disagree);
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
