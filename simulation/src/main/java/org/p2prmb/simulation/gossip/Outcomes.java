package org.p2prmb.simulation.gossip;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What became of each message, in the order in which they were published.
final class Outcomes {
    /// @param micros when it was published
    /// @param expected agents that should have got it in time
    /// @param reached those of them that did
    private record Outcome(long micros, int expected, int reached) {}

    /// So many in a hundred are expected to get a message in time.
    static final double GOAL = 0.99;

    private static final long SPAN_MICROS = Duration.ofSeconds(10).toNanos() / 1_000;
    private static final double MICROS_PER_SECOND = 1_000_000;

    private final List<Outcome> outcomes = new ArrayList<>();
    private long expected;
    private long reached;

    void add(long micros, int ofExpected, int inTime) {
        outcomes.add(new Outcome(micros, ofExpected, inTime));
        expected += ofExpected;
        reached += inTime;
    }

    int size() {
        return outcomes.size();
    }

    /// The share of those expected that all messages together reached in time; 1 when nobody was.
    double rate() {
        return expected == 0 ? 1 : reached / (double) expected;
    }

    /// Seconds from `moment` to the first message from which on the messages of ten seconds
    /// together reached their goal; if that never happens before `end`, the time until then.
    double secondsToGoal(long moment, long end) {
        for (int first = 0; first < outcomes.size(); first++) {
            long from = outcomes.get(first).micros();
            if (from >= moment && from + SPAN_MICROS <= end && isGood(first, from + SPAN_MICROS)) {
                return (from - moment) / MICROS_PER_SECOND;
            }
        }
        return (end - moment) / MICROS_PER_SECOND;
    }

    private boolean isGood(int first, long until) {
        long wanted = 0;
        long got = 0;
        for (int index = first; index < outcomes.size(); index++) {
            var outcome = outcomes.get(index);
            if (outcome.micros() >= until) {
                break;
            }
            wanted += outcome.expected();
            got += outcome.reached();
        }
        return got >= GOAL * wanted;
    }
}
