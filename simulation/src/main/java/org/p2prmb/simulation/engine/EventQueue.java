package org.p2prmb.simulation.engine;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// What will happen, in the order of time: a wheel of slots of 1,024 us, a heap of the open one.
///
/// Adding and taking cost the same with ten events as with ten million. Events of the same
/// microsecond come out in the order in which they were added. The fields of an event are numbers
/// in arrays, so that a run makes no garbage but its payloads.
final class EventQueue {
    private static final int SLOT_MICROS_BITS = 10;
    private static final int SLOTS_BITS = 16;
    private static final int SLOTS = 1 << SLOTS_BITS;

    /// Turns of the wheel that can be planned ahead: 19 hours.
    private static final int TURNS_MAX = 1 << 10;

    private static final int INDEX_BITS = 31;
    private static final int ORDER_BITS = 22;
    private static final int SAME_SLOT_MAX = 1 << ORDER_BITS;
    private static final int NONE = -1;
    private static final int INITIAL_SIZE = 1 << 12;

    private final int[] slotHeads = filled(SLOTS);
    private final int[] slotTails = new int[SLOTS];
    private final long[] slotsInUse = new long[SLOTS / Long.SIZE];
    private final int[] turnHeads = filled(TURNS_MAX);
    private final int[] turnTails = new int[TURNS_MAX];
    private int turnsInUse;

    private long[] at = new long[INITIAL_SIZE];
    private int[] node = new int[INITIAL_SIZE];
    private int[] peer = new int[INITIAL_SIZE];
    private int[] kind = new int[INITIAL_SIZE];
    private int[] tag = new int[INITIAL_SIZE];
    private int[] next = new int[INITIAL_SIZE];
    private @Nullable Object[] payload = new @Nullable Object[INITIAL_SIZE];
    private int used;
    private int free = NONE;
    private int size;

    /// The open slot, counted from the beginning of time; its events are in the heap.
    private long open;

    private long[] heap = new long[64];
    private int heapSize;
    private boolean opened;
    private int order;

    private int taken;
    private @Nullable Object takenPayload;

    private static int[] filled(int size) {
        var array = new int[size];
        Arrays.fill(array, NONE);
        return array;
    }

    int size() {
        return size;
    }

    /// Plans an event; `micros` is not before the event that was taken last.
    void add(long micros, int atNode, int ofPeer, int ofKind, int withTag, @Nullable Object what) {
        int index = allocate();
        at[index] = micros;
        node[index] = atNode;
        peer[index] = ofPeer;
        kind[index] = ofKind;
        tag[index] = withTag;
        payload[index] = what;
        next[index] = NONE;
        size++;
        place(index, micros >>> SLOT_MICROS_BITS);
    }

    private int allocate() {
        if (free != NONE) {
            int index = free;
            free = next[index];
            return index;
        }
        if (used == at.length) {
            int larger = Math.multiplyExact(used, 2);
            at = Arrays.copyOf(at, larger);
            node = Arrays.copyOf(node, larger);
            peer = Arrays.copyOf(peer, larger);
            kind = Arrays.copyOf(kind, larger);
            tag = Arrays.copyOf(tag, larger);
            next = Arrays.copyOf(next, larger);
            payload = Arrays.copyOf(payload, larger);
        }
        return used++;
    }

    private void place(int index, long slot) {
        if (slot <= open) {
            push(index);
        } else if (turn(slot) == turn(open)) {
            appendToSlot((int) (slot & (SLOTS - 1)), index);
        } else {
            appendToTurn(turn(slot), index);
        }
    }

    private static long turn(long slot) {
        return slot >>> SLOTS_BITS;
    }

    private void appendToSlot(int slot, int index) {
        if (slotHeads[slot] == NONE) {
            slotHeads[slot] = index;
            slotsInUse[slot >>> 6] |= 1L << slot;
        } else {
            next[slotTails[slot]] = index;
        }
        slotTails[slot] = index;
    }

    private void appendToTurn(long turn, int index) {
        if (turn - turn(open) >= TURNS_MAX) {
            throw new IllegalArgumentException("nothing is planned more than 19 hours ahead");
        }
        int place = (int) (turn & (TURNS_MAX - 1));
        if (turnHeads[place] == NONE) {
            turnHeads[place] = index;
            turnsInUse++;
        } else {
            next[turnTails[place]] = index;
        }
        turnTails[place] = index;
    }

    /// Takes the next event unless it is later than `untilMicros`; its parts can then be read,
    /// until the next call of this or of [#add].
    boolean take(long untilMicros) {
        while (heapSize == 0) {
            if (!openNext(untilMicros)) {
                return false;
            }
        }
        int first = (int) (heap[0] & ((1L << INDEX_BITS) - 1));
        if (at[first] > untilMicros) {
            return false;
        }
        pop();
        taken = first;
        takenPayload = payload[first];
        payload[first] = null;
        next[first] = free;
        free = first;
        size--;
        return true;
    }

    /// Whether the event just taken is the first of its slot.
    boolean hasOpened() {
        boolean was = opened;
        opened = false;
        return was;
    }

    /// When the open slot ends.
    long openEnd() {
        return (open + 1) << SLOT_MICROS_BITS;
    }

    /// Events in the open slot that have not been taken.
    int waiting() {
        return heapSize;
    }

    /// One of those, for the methods below; in no order.
    int waiting(int place) {
        return (int) (heap[place] & ((1L << INDEX_BITS) - 1));
    }

    int node(int index) {
        return node[index];
    }

    int peer(int index) {
        return peer[index];
    }

    int kind(int index) {
        return kind[index];
    }

    @Nullable Object payload(int index) {
        return payload[index];
    }

    long micros() {
        return at[taken];
    }

    int node() {
        return node[taken];
    }

    int peer() {
        return peer[taken];
    }

    int kind() {
        return kind[taken];
    }

    int tag() {
        return tag[taken];
    }

    @Nullable Object payload() {
        return takenPayload;
    }

    /// Opens the next slot that has events, if it begins at `untilMicros` or before.
    private boolean openNext(long untilMicros) {
        long slot = nextSlotOfTurn();
        if (slot == NONE) {
            return beginNextTurn(untilMicros);
        }
        if (slot << SLOT_MICROS_BITS > untilMicros) {
            return false;
        }
        open = slot;
        opened = true;
        order = 0;
        int place = (int) (slot & (SLOTS - 1));
        int index = slotHeads[place];
        slotHeads[place] = NONE;
        slotsInUse[place >>> 6] &= ~(1L << place);
        while (index != NONE) {
            int following = next[index];
            push(index);
            index = following;
        }
        return true;
    }

    private long nextSlotOfTurn() {
        int from = (int) (open & (SLOTS - 1));
        int word = from >>> 6;
        long bits = slotsInUse[word] & (-1L << from);
        while (bits == 0) {
            if (++word == slotsInUse.length) {
                return NONE;
            }
            bits = slotsInUse[word];
        }
        int place = (word << 6) + Long.numberOfTrailingZeros(bits);
        return (turn(open) << SLOTS_BITS) + place;
    }

    private boolean beginNextTurn(long untilMicros) {
        if (turnsInUse == 0) {
            return false;
        }
        long turn = turn(open) + 1;
        while (turnHeads[(int) (turn & (TURNS_MAX - 1))] == NONE) {
            turn++;
        }
        long begin = turn << SLOTS_BITS;
        if (begin << SLOT_MICROS_BITS > untilMicros) {
            return false;
        }
        open = begin;
        order = 0;
        int place = (int) (turn & (TURNS_MAX - 1));
        int index = turnHeads[place];
        turnHeads[place] = NONE;
        turnsInUse--;
        while (index != NONE) {
            int following = next[index];
            next[index] = NONE;
            place(index, at[index] >>> SLOT_MICROS_BITS);
            index = following;
        }
        return true;
    }

    private void push(int index) {
        if (order == SAME_SLOT_MAX) {
            throw new IllegalStateException(
                    "too many events within a millisecond: no end in sight");
        }
        long offset = Math.max(0, at[index] - (open << SLOT_MICROS_BITS));
        long key = offset << (INDEX_BITS + ORDER_BITS) | (long) order++ << INDEX_BITS | index;
        if (heapSize == heap.length) {
            heap = Arrays.copyOf(heap, 2 * heapSize);
        }
        int child = heapSize++;
        while (child > 0) {
            int parent = (child - 1) >>> 1;
            if (heap[parent] <= key) {
                break;
            }
            heap[child] = heap[parent];
            child = parent;
        }
        heap[child] = key;
    }

    private void pop() {
        long last = heap[--heapSize];
        int parent = 0;
        int child = 1;
        while (child < heapSize) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= last) {
                break;
            }
            heap[parent] = heap[child];
            parent = child;
            child = 2 * parent + 1;
        }
        heap[parent] = last;
    }
}
