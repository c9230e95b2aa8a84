package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;

import java.util.Arrays;

/// A heap of alarms: setting, moving and stopping one costs O(log n).
///
/// The times stand in an array of their own, four children side by side: to compare them no alarm
/// is touched, and hundreds of alarms fit in few lines of the cache.
@Pure
final class Timers {
    static final long NEVER = Long.MAX_VALUE;

    /// Before everything, and still fit for subtraction.
    static final long LONG_AGO = Long.MIN_VALUE / 4;

    private static final int NOT_SET = -1;

    private static final int CHILDREN = 4;
    private static final int INITIAL_SIZE = 16;

    private long[] times = new long[INITIAL_SIZE];
    private @Nullable Timer[] timers = new Timer[INITIAL_SIZE];
    private int size;

    /// What happens when a timer is due; the timer is not set any more and may be set again.
    @FunctionalInterface
    interface Task {
        void due(long now);
    }

    /// One alarm, set or not.
    static final class Timer {
        private final Task task;
        private int index = NOT_SET;

        private Timer(Task task) {
            this.task = task;
        }

        boolean isSet() {
            return index != NOT_SET;
        }
    }

    Timer timer(Task task) {
        return new Timer(task);
    }

    /// When this timer is due, `NEVER` when it is not set.
    long at(Timer timer) {
        return timer.isSet() ? times[timer.index] : NEVER;
    }

    /// Sets or moves a timer.
    void set(Timer timer, long at) {
        int index = timer.index;
        if (index == NOT_SET) {
            if (size == times.length) {
                times = Arrays.copyOf(times, 2 * size);
                timers = Arrays.copyOf(timers, 2 * size);
            }
            up(timer, at, size++);
        } else if (at < times[index]) {
            up(timer, at, index);
        } else {
            down(timer, at, index);
        }
    }

    /// Sets a timer, unless it is due earlier anyway.
    void hasten(Timer timer, long at) {
        if (at(timer) > at) {
            set(timer, at);
        }
    }

    void stop(Timer timer) {
        int index = timer.index;
        if (index == NOT_SET) {
            return;
        }
        timer.index = NOT_SET;
        size--;
        var last = timers[size];
        timers[size] = null;
        if (last != null && last != timer) {
            long at = times[size];
            last.index = index;
            times[index] = at;
            if (index > 0 && times[(index - 1) / CHILDREN] > at) {
                up(last, at, index);
            } else {
                down(last, at, index);
            }
        }
    }

    void stopAll() {
        for (int index = 0; index < size; index++) {
            var timer = timers[index];
            if (timer != null) {
                timer.index = NOT_SET;
            }
            timers[index] = null;
        }
        size = 0;
    }

    /// When the next timer is due, or `NEVER`.
    long next() {
        return size == 0 ? NEVER : times[0];
    }

    /// Runs what is due. A task that sets its timer to now or earlier runs again at the next call.
    void run(long now) {
        int most = size;
        for (int ran = 0; ran < most && next() <= now; ran++) {
            var timer = timers[0];
            if (timer != null) {
                stop(timer);
                timer.task.due(now);
            }
        }
    }

    /// Finds the place for a timer from `index` upwards.
    private void up(Timer timer, long at, int from) {
        int index = from;
        while (index > 0) {
            int above = (index - 1) / CHILDREN;
            if (times[above] <= at) {
                break;
            }
            move(above, index);
            index = above;
        }
        place(timer, at, index);
    }

    /// Finds the place for a timer from `index` downwards.
    private void down(Timer timer, long at, int from) {
        int index = from;
        while (CHILDREN * index + 1 < size) {
            int child = smallestChild(index);
            if (times[child] >= at) {
                break;
            }
            move(child, index);
            index = child;
        }
        place(timer, at, index);
    }

    private int smallestChild(int index) {
        int smallest = CHILDREN * index + 1;
        int end = Math.min(smallest + CHILDREN, size);
        for (int child = smallest + 1; child < end; child++) {
            if (times[child] < times[smallest]) {
                smallest = child;
            }
        }
        return smallest;
    }

    private void move(int from, int to) {
        var timer = timers[from];
        if (timer != null) {
            place(timer, times[from], to);
        }
    }

    private void place(Timer timer, long at, int index) {
        times[index] = at;
        timers[index] = timer;
        timer.index = index;
    }
}
