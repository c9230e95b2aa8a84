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

    /// An agent's number, and a slot's: an entry of the index holds two and one of them.
    private static final int AGENT_BITS = 18;

    private static final int SLOT_BITS = Long.SIZE - 2 * AGENT_BITS - 1;
    private static final long SLOT_MASK = (1L << SLOT_BITS) - 1;

    // A link is a record of numbers: whoever looks at one of them has the others in the cache.
    private static final int RECORD = 6;
    private static final int PAIR = 0;
    private static final int STATE = 1;
    private static final int LAST_ARRIVALS = 2;
    private static final int NEIGHBOURS = 4;

    /// Of [#STATE]: which side dialled, whether the link is up, and above them its generation.
    private static final long HIGH_DIALLED = 1;

    private static final long UP = 2;
    private static final int GENERATION_SHIFT = 2;

    /// Slots by pair: open addressing, twice as many places as links at least.
    private long[] index = emptyIndex(2 * INITIAL_SIZE);

    /// For each slot its pair, its state, and for each direction when the last frame arrives and
    /// the next and the previous end in the agent's list.
    private long[] records = new long[RECORD * INITIAL_SIZE];

    private final int[] heads;
    private final int[] counts;
    private int used;
    private int free = NONE;
    private int size;
    private int nextGeneration;

    Links(int agents) {
        if (agents > 1 << AGENT_BITS) {
            throw new IllegalArgumentException("too many agents");
        }
        heads = new int[agents];
        counts = new int[agents];
        Arrays.fill(heads, NONE);
    }

    private static long[] emptyIndex(int size) {
        var entries = new long[size];
        Arrays.fill(entries, EMPTY);
        return entries;
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
        long entry = index[place(pair(one, other))];
        return entry == EMPTY ? NONE : (int) (entry & SLOT_MASK);
    }

    /// Reads what [#find] will read, and at depth 1 the record of what it finds.
    int foresee(int one, int other, int depth) {
        long entry = index[(int) Mix.of(pair(one, other)) & index.length - 1];
        return depth == 0 || entry == EMPTY
                ? (int) entry
                : (int) records[RECORD * (int) (entry & SLOT_MASK)];
    }

    /// Where the entry of a pair is, or would be.
    private int place(long pair) {
        int mask = index.length - 1;
        int place = (int) Mix.of(pair) & mask;
        while (index[place] != EMPTY && index[place] >>> SLOT_BITS != pair) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private static long pair(int one, int other) {
        return (long) Math.min(one, other) << AGENT_BITS | Math.max(one, other);
    }

    /// Adds the link of a pair that has none; it is not up yet.
    int add(int dialler, int other) {
        int slot = allocate();
        long pair = pair(dialler, other);
        int record = RECORD * slot;
        long dialled = dialler > other ? HIGH_DIALLED : 0;
        records[record + PAIR] = pair;
        records[record + STATE] = (long) nextGeneration++ << GENERATION_SHIFT | dialled;
        records[record + LAST_ARRIVALS] = 0;
        records[record + LAST_ARRIVALS + 1] = 0;
        index[place(pair)] = pair << SLOT_BITS | slot;
        enlist(low(slot), 2 * slot);
        enlist(high(slot), 2 * slot + 1);
        if (2 * ++size > index.length) {
            rehash();
        }
        return slot;
    }

    private int allocate() {
        if (free != NONE) {
            int slot = free;
            free = next(2 * slot);
            return slot;
        }
        if (RECORD * used == records.length) {
            records = Arrays.copyOf(records, Math.multiplyExact(records.length, 2));
        }
        if (used > SLOT_MASK) {
            throw new IllegalStateException("too many links");
        }
        return used++;
    }

    private void rehash() {
        var old = index;
        index = emptyIndex(Math.multiplyExact(old.length, 2));
        for (long entry : old) {
            if (entry != EMPTY) {
                index[place(entry >>> SLOT_BITS)] = entry;
            }
        }
    }

    private static int neighbours(int end) {
        return RECORD * slotOfEnd(end) + NEIGHBOURS + (end & 1);
    }

    private int next(int end) {
        return (int) records[neighbours(end)];
    }

    private int previous(int end) {
        return (int) (records[neighbours(end)] >> Integer.SIZE);
    }

    private void setNeighbours(int end, int previous, int next) {
        records[neighbours(end)] = (long) previous << Integer.SIZE | Integer.toUnsignedLong(next);
    }

    private void enlist(int agent, int end) {
        int head = heads[agent];
        setNeighbours(end, NONE, head);
        if (head != NONE) {
            setNeighbours(head, end, next(head));
        }
        heads[agent] = end;
        counts[agent]++;
    }

    private void delist(int agent, int end) {
        counts[agent]--;
        int before = previous(end);
        int after = next(end);
        if (before == NONE) {
            heads[agent] = after;
        } else {
            setNeighbours(before, previous(before), after);
        }
        if (after != NONE) {
            setNeighbours(after, before, next(after));
        }
    }

    void remove(int slot) {
        delist(low(slot), 2 * slot);
        delist(high(slot), 2 * slot + 1);
        erase(place(records[RECORD * slot + PAIR]));
        records[RECORD * slot + STATE] = (long) NONE << GENERATION_SHIFT;
        setNeighbours(2 * slot, NONE, free);
        free = slot;
        size--;
    }

    /// Empties a place and moves up what could not be found behind the gap.
    private void erase(int emptied) {
        int mask = index.length - 1;
        int gap = emptied;
        int place = (gap + 1) & mask;
        while (index[place] != EMPTY) {
            int home = (int) Mix.of(index[place] >>> SLOT_BITS) & mask;
            if (((place - home) & mask) >= ((place - gap) & mask)) {
                index[gap] = index[place];
                gap = place;
            }
            place = (place + 1) & mask;
        }
        index[gap] = EMPTY;
    }

    /// The first end in the list of `agent`, or [#NONE]; an end stands for a link and a side of it.
    int firstEnd(int agent) {
        return heads[agent];
    }

    int nextEnd(int end) {
        return next(end);
    }

    static int slotOfEnd(int end) {
        return end >>> 1;
    }

    int low(int slot) {
        return (int) (records[RECORD * slot + PAIR] >>> AGENT_BITS);
    }

    int high(int slot) {
        return (int) records[RECORD * slot + PAIR] & ((1 << AGENT_BITS) - 1);
    }

    int other(int slot, int agent) {
        return low(slot) == agent ? high(slot) : low(slot);
    }

    int dialler(int slot) {
        return (records[RECORD * slot + STATE] & HIGH_DIALLED) == 0 ? low(slot) : high(slot);
    }

    /// Negative when there is no link in this slot.
    int generation(int slot) {
        return (int) (records[RECORD * slot + STATE] >> GENERATION_SHIFT);
    }

    boolean isUp(int slot) {
        return (records[RECORD * slot + STATE] & UP) != 0;
    }

    void setUp(int slot) {
        records[RECORD * slot + STATE] |= UP;
    }

    /// When the last frame arrives, of either direction.
    long lastArrival(int slot) {
        int directions = RECORD * slot + LAST_ARRIVALS;
        return Math.max(records[directions], records[directions + 1]);
    }

    /// When a frame arrives that would at `micros`: not before the last one of its direction.
    long inOrder(int slot, int from, long micros) {
        int direction = RECORD * slot + LAST_ARRIVALS + (low(slot) == from ? 0 : 1);
        long arrival = Math.max(micros, records[direction]);
        records[direction] = arrival;
        return arrival;
    }
}
