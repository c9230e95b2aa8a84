package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.resource.WaterMarks;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// Which connections of a host go when there are more than its high water mark.
///
/// What is needed and what is new stays. Of the rest the least valuable go first, among equals
/// those that nobody uses, then those that others dialled, then the youngest: whoever has been with
/// us for long is hard to replace by a crowd of newcomers.
@Pure
final class TrimPlan {
    private TrimPlan() {}

    /// A connection as the choice sees it.
    ///
    /// @param needed a use wants it to stay
    /// @param value what all uses together say that it is worth
    /// @param inUse a stream is open on it that is no background
    record Candidate<T>(
            T connection,
            boolean needed,
            int value,
            boolean inUse,
            boolean outbound,
            Instant since) {}

    /// Those to close, the first of them first; fewer than there are too many when the others are
    /// needed or new.
    static <T> List<T> choose(Instant now, WaterMarks marks, List<Candidate<T>> all) {
        if (all.size() <= marks.high()) {
            return List.of();
        }
        return all.stream()
                .filter(each -> !each.needed())
                .filter(each -> !now.isBefore(each.since().plus(marks.grace())))
                .sorted(
                        Comparator.<Candidate<T>>comparingInt(Candidate::value)
                                .thenComparing(Candidate::inUse)
                                .thenComparing(Candidate::outbound)
                                .thenComparing(Candidate::since, Comparator.reverseOrder()))
                .limit(all.size() - (long) marks.low())
                .map(Candidate::connection)
                .toList();
    }
}
