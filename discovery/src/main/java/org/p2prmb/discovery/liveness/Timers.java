package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;

import java.util.Arrays;

/// A heap of alarms: setting, moving and stopping one costs O(log n).
///
/// The heap is one array of numbers, eight children side by side: no alarm is touched but the one
/// that is set, and the way through hundreds of them leads over few lines of the cache.
@Pure
final class Timers {
    static final long NEVER = Long.MAX_VALUE;

    /// Before everything, and still fit for subtraction.
    static final long LONG_AGO = Long.MIN_VALUE / 4;

    private static final int NOT_SET = -1;

    private static final int CHILDREN = 8;
    private static final int INITIAL_SIZE = 16;

    /// An entry of the heap is a time and, below it, a slot.
    private static final int SLOT_BITS = 20;

    private static final int SLOTS_MAX = 1 << SLOT_BITS;
    private static final long TIME_MAX = Long.MAX_VALUE >> SLOT_BITS;

    private long[] heap = new long[INITIAL_SIZE];
    private int size;

    // A slot for each timer that is set: which, and where in the heap it stands. A free slot's
    // place
    // is the next free one.
    private @Nullable Timer[] timers = new Timer[INITIAL_SIZE];
    private int[] places = new int[INITIAL_SIZE];
    private int slotsUsed;
    private int freeSlot = NOT_SET;

    /// What happens when a timer is due; the timer is not set any more and may be set again.
    @FunctionalInterface
    interface Task {
        void due(long now);
    }

    /// One alarm, set or not. Whatever an agent has hundreds of is its own alarm.
    abstract static class Timer implements Task {
        private int slot = NOT_SET;

        final boolean isSet() {
            return slot != NOT_SET;
        }

        /// As [LivenessMachine#foresee].
        int foresee(int depth) {
            return slot;
        }
    }

    static Timer timer(Task task) {
        return new Timer() {
            @Override
            public void due(long now) {
                task.due(now);
            }
        };
    }

    /// When this timer is due, `NEVER` when it is not set.
    long at(Timer timer) {
        return timer.isSet() ? time(heap[places[timer.slot]]) : NEVER;
    }

    private static long time(long entry) {
        return entry >> SLOT_BITS;
    }

    private static int slot(long entry) {
        return (int) entry & SLOTS_MAX - 1;
    }

    /// Sets or moves a timer.
    ///
    /// @param at a time in milliseconds; what is after the year 2248 is taken for that
    void set(Timer timer, long at) {
        int place;
        if (timer.isSet()) {
            place = places[timer.slot];
        } else {
            timer.slot = takeSlot(timer);
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, 2 * size);
            }
            place = size++;
        }
        settle(Math.min(at, TIME_MAX) << SLOT_BITS | timer.slot, place);
    }

    private int takeSlot(Timer timer) {
        int slot = freeSlot;
        if (slot != NOT_SET) {
            freeSlot = places[slot];
        } else {
            slot = slotsUsed++;
            if (slot == SLOTS_MAX) {
                throw new IllegalStateException("too many timers");
            }
            if (slot == timers.length) {
                timers = Arrays.copyOf(timers, 2 * slot);
                places = Arrays.copyOf(places, 2 * slot);
            }
        }
        timers[slot] = timer;
        return slot;
    }

    /// Sets a timer, unless it is due earlier anyway.
    void hasten(Timer timer, long at) {
        if (at(timer) > at) {
            set(timer, at);
        }
    }

    void stop(Timer timer) {
        int slot = timer.slot;
        if (slot == NOT_SET) {
            return;
        }
        int place = places[slot];
        timer.slot = NOT_SET;
        timers[slot] = null;
        places[slot] = freeSlot;
        freeSlot = slot;
        size--;
        if (place < size) {
            settle(heap[size], place);
        }
    }

    void stopAll() {
        for (var timer : timers) {
            if (timer != null) {
                timer.slot = NOT_SET;
            }
        }
        Arrays.fill(timers, null);
        size = 0;
        slotsUsed = 0;
        freeSlot = NOT_SET;
    }

    /// When the next timer is due, or `NEVER`.
    long next() {
        return size == 0 ? NEVER : time(heap[0]);
    }

    /// Runs what is due. A task that sets its timer to now or earlier runs again at the next call.
    void run(long now) {
        int most = size;
        for (int ran = 0; ran < most && next() <= now; ran++) {
            var timer = timers[slot(heap[0])];
            if (timer != null) {
                stop(timer);
                timer.due(now);
            }
        }
    }

    /// What setting this timer will read, as [LivenessMachine#foresee].
    int foresee(Timer timer, int depth) {
        int slot = timer.slot;
        if (slot == NOT_SET || depth == 0) {
            return slot;
        }
        int place = places[slot];
        return depth == 1
                ? place
                : (int) (heap[place] + heap[Math.min(CHILDREN * place + 1, size - 1)]);
    }

    /// What running the next timer will read, as [LivenessMachine#foresee].
    int foresee(int depth) {
        if (depth == 0 || size == 0) {
            return size;
        }
        long first = heap[0];
        if (depth == 1) {
            return (int) (first + heap[Math.min(CHILDREN, heap.length - 1)]);
        }
        var timer = timers[slot(first)];
        return timer == null ? 0 : depth == 2 ? 1 : timer.foresee(depth - 3);
    }

    /// Puts an entry where it belongs: at `from`, above or below.
    private void settle(long entry, int from) {
        int place = from;
        while (place > 0) {
            int above = (place - 1) / CHILDREN;
            if (heap[above] <= entry) {
                break;
            }
            put(heap[above], place);
            place = above;
        }
        if (place == from) {
            place = down(entry, from);
        }
        put(entry, place);
    }

    /// Makes room for an entry from `from` downwards; returns the place.
    private int down(long entry, int from) {
        int place = from;
        int first = CHILDREN * place + 1;
        while (first < size) {
            int smallest = first;
            int end = Math.min(first + CHILDREN, size);
            for (int child = first + 1; child < end; child++) {
                if (heap[child] < heap[smallest]) {
                    smallest = child;
                }
            }
            if (heap[smallest] >= entry) {
                break;
            }
            put(heap[smallest], place);
            place = smallest;
            first = CHILDREN * place + 1;
        }
        return place;
    }

    private void put(long entry, int place) {
        heap[place] = entry;
        places[slot(entry)] = place;
    }
}
