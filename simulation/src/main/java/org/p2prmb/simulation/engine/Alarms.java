package org.p2prmb.simulation.engine;

import java.time.Duration;
import java.util.Arrays;

/// When each agent wants its next tick, and when it will be woken.
///
/// Most ticks are put off before they are due. The alarm that was planned for one rings all the
/// same, and then the agent sleeps on without being touched.
final class Alarms {
    static final long NEVER = Long.MAX_VALUE;

    /// Who sleeps for longer is woken in between.
    private static final long SLEEP_MICROS_MAX = Duration.ofHours(1).toNanos() / 1_000;

    private final long[] dueAt;
    private final long[] wakeAt;

    Alarms(int agents) {
        dueAt = new long[agents];
        wakeAt = new long[agents];
        Arrays.fill(dueAt, NEVER);
        Arrays.fill(wakeAt, NEVER);
    }

    /// The agent has ended.
    void clear(int agent) {
        dueAt[agent] = NEVER;
        wakeAt[agent] = NEVER;
    }

    /// The agent wants its next tick then.
    void due(int agent, long micros) {
        dueAt[agent] = micros;
    }

    /// An alarm rings; returns whether the tick is due.
    boolean rings(int agent, long now) {
        if (wakeAt[agent] <= now) {
            wakeAt[agent] = NEVER;
        }
        return dueAt[agent] <= now;
    }

    /// Whether the tick is due at `end`.
    boolean isDue(int agent, long end) {
        return dueAt[agent] <= end;
    }

    /// When another alarm has to ring for the agent, [#NEVER] when the planned ones will do.
    long plan(int agent, long now) {
        long due = dueAt[agent];
        long next = due == NEVER ? NEVER : Math.min(due, now + SLEEP_MICROS_MAX);
        if (next >= wakeAt[agent]) {
            return NEVER;
        }
        wakeAt[agent] = next;
        return next;
    }
}
