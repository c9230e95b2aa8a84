package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Pure;

import java.util.ArrayList;
import java.util.List;

/// A heap of alarms: setting, moving and stopping one costs O(log n).
@Pure
final class Timers {
    static final long NEVER = Long.MAX_VALUE;

    /// Before everything, and still fit for subtraction.
    static final long LONG_AGO = Long.MIN_VALUE / 4;

    private static final int NOT_SET = -1;

    private final List<Timer> heap = new ArrayList<>();

    /// What happens when a timer is due; the timer is not set any more and may be set again.
    @FunctionalInterface
    interface Task {
        void due(long now);
    }

    /// One alarm, set or not.
    static final class Timer {
        private final Task task;
        private long at;
        private int index = NOT_SET;

        private Timer(Task task) {
            this.task = task;
        }

        boolean isSet() {
            return index != NOT_SET;
        }

        /// When it is due, `NEVER` when it is not set.
        long at() {
            return isSet() ? at : NEVER;
        }
    }

    Timer timer(Task task) {
        return new Timer(task);
    }

    /// Sets or moves a timer.
    void set(Timer timer, long at) {
        timer.at = at;
        if (timer.index == NOT_SET) {
            timer.index = heap.size();
            heap.add(timer);
        }
        up(timer);
        down(timer);
    }

    /// Sets a timer, unless it is due earlier anyway.
    void hasten(Timer timer, long at) {
        if (timer.at() > at) {
            set(timer, at);
        }
    }

    void stop(Timer timer) {
        int index = timer.index;
        if (index == NOT_SET) {
            return;
        }
        timer.index = NOT_SET;
        var last = heap.removeLast();
        if (last != timer) {
            place(last, index);
            up(last);
            down(last);
        }
    }

    void stopAll() {
        while (!heap.isEmpty()) {
            stop(heap.getLast());
        }
    }

    /// When the next timer is due, or `NEVER`.
    long next() {
        return heap.isEmpty() ? NEVER : heap.getFirst().at;
    }

    /// Runs what is due. A task that sets its timer to now or earlier runs again at the next call.
    void run(long now) {
        int most = heap.size();
        for (int ran = 0; ran < most && next() <= now; ran++) {
            var timer = heap.getFirst();
            stop(timer);
            timer.task.due(now);
        }
    }

    private void up(Timer timer) {
        int index = timer.index;
        while (index > 0) {
            int above = (index - 1) / 2;
            var parent = heap.get(above);
            if (parent.at <= timer.at) {
                break;
            }
            place(parent, index);
            index = above;
        }
        place(timer, index);
    }

    private void down(Timer timer) {
        int index = timer.index;
        while (2 * index + 1 < heap.size()) {
            int child = 2 * index + 1;
            if (child + 1 < heap.size() && heap.get(child + 1).at < heap.get(child).at) {
                child++;
            }
            if (heap.get(child).at >= timer.at) {
                break;
            }
            place(heap.get(child), index);
            index = child;
        }
        place(timer, index);
    }

    private void place(Timer timer, int index) {
        heap.set(index, timer);
        timer.index = index;
    }
}
