package org.p2prmb.simulation.engine;

import java.util.Arrays;

/// The connections of all agents, at most one for each pair, as numbers in arrays.
///
/// A link is a slot; its generation tells it from an earlier one in the same slot. The links of
/// one agent form a list, because a crash breaks them all.
final class Links {
    static final int NONE = -1;
    private static final int INITIAL_SIZE = 1 << 10;
    private static final long EMPTY = -1;

    /// Slots by pair: open addressing, twice as many places as links at least.
    private long[] pairs = emptyPairs(2 * INITIAL_SIZE);

    private int[] slots = new int[2 * INITIAL_SIZE];

    private long[] pairOf = new long[INITIAL_SIZE];
    private int[] generations = new int[INITIAL_SIZE];
    private boolean[] up = new boolean[INITIAL_SIZE];
    private int[] diallers = new int[INITIAL_SIZE];

    /// For each direction: when the last frame arrives, and the neighbours in the agent's list.
    private long[] lastArrivals = new long[2 * INITIAL_SIZE];

    private int[] nexts = new int[2 * INITIAL_SIZE];
    private int[] previous = new int[2 * INITIAL_SIZE];

    private final int[] heads;
    private final int[] counts;
    private int used;
    private int free = NONE;
    private int size;
    private int nextGeneration;

    Links(int agents) {
        heads = new int[agents];
        counts = new int[agents];
        Arrays.fill(heads, NONE);
    }

    private static long[] emptyPairs(int size) {
        var pairs = new long[size];
        Arrays.fill(pairs, EMPTY);
        return pairs;
    }

    int size() {
        return size;
    }

    /// One more than the largest slot ever used.
    int slotsEnd() {
        return used;
    }

    int count(int agent) {
        return counts[agent];
    }

    /// The slot of this pair, or [#NONE].
    int find(int one, int other) {
        return slots(place(pair(one, other)));
    }

    private int slots(int place) {
        return pairs[place] == EMPTY ? NONE : slots[place];
    }

    private int place(long pair) {
        int mask = pairs.length - 1;
        int place = (int) Mix.of(pair) & mask;
        while (pairs[place] != pair && pairs[place] != EMPTY) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private static long pair(int one, int other) {
        return (long) Math.min(one, other) << Integer.SIZE | Math.max(one, other);
    }

    /// Adds the link of a pair that has none; it is not up yet.
    int add(int dialler, int other) {
        int slot = allocate();
        long pair = pair(dialler, other);
        diallers[slot] = dialler;
        pairOf[slot] = pair;
        generations[slot] = nextGeneration++;
        up[slot] = false;
        lastArrivals[2 * slot] = 0;
        lastArrivals[2 * slot + 1] = 0;
        int place = place(pair);
        pairs[place] = pair;
        slots[place] = slot;
        enlist(low(slot), 2 * slot);
        enlist(high(slot), 2 * slot + 1);
        if (2 * ++size > pairs.length) {
            rehash();
        }
        return slot;
    }

    private int allocate() {
        if (free != NONE) {
            int slot = free;
            free = nexts[2 * slot];
            return slot;
        }
        if (used == pairOf.length) {
            int larger = Math.multiplyExact(used, 2);
            pairOf = Arrays.copyOf(pairOf, larger);
            generations = Arrays.copyOf(generations, larger);
            up = Arrays.copyOf(up, larger);
            diallers = Arrays.copyOf(diallers, larger);
            lastArrivals = Arrays.copyOf(lastArrivals, 2 * larger);
            nexts = Arrays.copyOf(nexts, 2 * larger);
            previous = Arrays.copyOf(previous, 2 * larger);
        }
        return used++;
    }

    private void rehash() {
        var old = pairs;
        var oldSlots = slots;
        pairs = emptyPairs(Math.multiplyExact(old.length, 2));
        slots = new int[pairs.length];
        for (int index = 0; index < old.length; index++) {
            if (old[index] != EMPTY) {
                int place = place(old[index]);
                pairs[place] = old[index];
                slots[place] = oldSlots[index];
            }
        }
    }

    private void enlist(int agent, int end) {
        int head = heads[agent];
        nexts[end] = head;
        previous[end] = NONE;
        if (head != NONE) {
            previous[head] = end;
        }
        heads[agent] = end;
        counts[agent]++;
    }

    private void delist(int agent, int end) {
        counts[agent]--;
        if (previous[end] == NONE) {
            heads[agent] = nexts[end];
        } else {
            nexts[previous[end]] = nexts[end];
        }
        if (nexts[end] != NONE) {
            previous[nexts[end]] = previous[end];
        }
    }

    void remove(int slot) {
        delist(low(slot), 2 * slot);
        delist(high(slot), 2 * slot + 1);
        erase(place(pairOf[slot]));
        generations[slot] = NONE;
        up[slot] = false;
        nexts[2 * slot] = free;
        free = slot;
        size--;
    }

    /// Empties a place and moves up what could not be found behind the gap.
    private void erase(int emptied) {
        int mask = pairs.length - 1;
        int gap = emptied;
        int place = (gap + 1) & mask;
        while (pairs[place] != EMPTY) {
            int home = (int) Mix.of(pairs[place]) & mask;
            if (((place - home) & mask) >= ((place - gap) & mask)) {
                pairs[gap] = pairs[place];
                slots[gap] = slots[place];
                gap = place;
            }
            place = (place + 1) & mask;
        }
        pairs[gap] = EMPTY;
    }

    /// The first end in the list of `agent`, or [#NONE]; an end stands for a link and a side of it.
    int firstEnd(int agent) {
        return heads[agent];
    }

    int nextEnd(int end) {
        return nexts[end];
    }

    static int slotOfEnd(int end) {
        return end >>> 1;
    }

    int low(int slot) {
        return (int) (pairOf[slot] >>> Integer.SIZE);
    }

    int high(int slot) {
        return (int) pairOf[slot];
    }

    int other(int slot, int agent) {
        return low(slot) == agent ? high(slot) : low(slot);
    }

    int dialler(int slot) {
        return diallers[slot];
    }

    /// Negative when there is no link in this slot.
    int generation(int slot) {
        return generations[slot];
    }

    boolean isUp(int slot) {
        return up[slot];
    }

    void setUp(int slot) {
        up[slot] = true;
    }

    /// When a frame arrives that would at `micros`: not before the last one of its direction.
    long inOrder(int slot, int from, long micros) {
        int direction = low(slot) == from ? 2 * slot : 2 * slot + 1;
        long arrival = Math.max(micros, lastArrivals[direction]);
        lastArrivals[direction] = arrival;
        return arrival;
    }
}
