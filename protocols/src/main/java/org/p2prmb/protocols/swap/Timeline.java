package org.p2prmb.protocols.swap;

import org.p2prmb.protocols.statements.Limits;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// When a swap entered each of its states, by our clock, in milliseconds.
///
/// @param moments in their order; when a chain throws a swap to and fro for long, those in the
///     middle are left out
public record Timeline(List<Moment> moments) {
    public static final Timeline EMPTY = new Timeline(List.of());

    static final int MOMENTS_MAX = 32;

    public record Moment(Stage stage, Instant at) {}

    public Timeline {
        Limits.count(moments, MOMENTS_MAX, "moments of a swap");
        moments = List.copyOf(moments);
    }

    /// The same, and now it is in this state.
    Timeline with(Stage stage, Instant now) {
        if (!moments.isEmpty() && moments.getLast().stage() == stage) {
            return this;
        }
        var longer = new ArrayList<>(moments);
        longer.add(new Moment(stage, now.truncatedTo(ChronoUnit.MILLIS)));
        if (longer.size() > MOMENTS_MAX) {
            longer.remove(MOMENTS_MAX / 2);
        }
        return new Timeline(longer);
    }
}
