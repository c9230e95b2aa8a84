package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/// Adds up the reports on one subject, reporter by reporter; in whole units of [Decay], so that the
/// order of the reports makes no difference.
@Pure
final class Tally {
    private static final int DAYS_OF_WEEK = 7;

    private final Function<PeerId, Agreement> agreements;
    private final Predicate<PeerId> counts;
    private final long today;
    private final Map<Bytes, Long> deeds = new HashMap<>(4); // Bounded by the file.
    private long ownGood;
    private long ownBad;
    private long knownGood;
    private long knownBad;
    private long unknownGood;
    private long unknownBad;
    private long settled;

    /// @param counts whether a reporter's opinion counts at all
    Tally(Function<PeerId, Agreement> agreements, Predicate<PeerId> counts, long today) {
        this.agreements = agreements;
        this.counts = counts;
        this.today = today;
    }

    Terms of(SubjectFile file) {
        int end;
        for (int first = 0; first < file.size(); first = end) {
            end = first + 1;
            while (end < file.size() && file.entry(end).sameReporter(file.entry(first))) {
                end++;
            }
            add(file, first, end);
        }
        return new Terms(
                Decay.value(ownGood),
                Decay.value(ownBad),
                Decay.value(knownGood),
                Decay.value(knownBad),
                Decay.value(unknownGood),
                Decay.value(unknownBad),
                Decay.value(settled),
                Decay.value(deeds.values().stream().mapToLong(Long::longValue).sum()),
                deeds.size());
    }

    /// The reports of one reporter: those from `first` to before `end`.
    private void add(SubjectFile file, int first, int end) {
        long good = 0;
        long bad = 0;
        for (int index = first; index < end; index++) {
            var filed = file.entry(index);
            long age = age(filed);
            if (filed.report().kind().good()) {
                good += Decay.GOOD.share(age);
                settled += isFirstOfItsWeek(file, first, index) ? Decay.SETTLED.share(age) : 0;
            } else {
                bad += Decay.BAD.share(age);
            }
            if (filed.fault() && age <= Decay.DAYS_MAX) {
                deeds.merge(filed.fact(), faded(filed, age), Math::max);
            }
        }
        if (file.isOwn(file.entry(first))) {
            ownGood += good;
            ownBad += bad;
        } else {
            addOpinion(
                    file.entry(first).report().reporter(),
                    Math.min(Decay.ONE, good),
                    Math.min(Decay.ONE, bad));
        }
    }

    private void addOpinion(PeerId reporter, long good, long bad) {
        if (!counts.test(reporter)) {
            return;
        }
        var agreement = agreements.apply(reporter);
        if (agreement.known()) {
            double weight = agreement.weight();
            knownGood += Math.round(weight * weight * good);
            knownBad += Math.round(weight * weight * bad);
        } else {
            unknownGood += good;
            unknownBad += bad;
        }
    }

    private long age(Filed filed) {
        return today - filed.report().epoch();
    }

    private static long faded(Filed filed, long age) {
        return filed.report().kind().fades()
                ? Math.round(Decay.value(filed.weight()) * Decay.BAD.share(age))
                : filed.weight();
    }

    /// Whether this is a verified swap, and the first of this counterparty in its week: the reports
    /// before it in the file are the earlier ones of the same reporter.
    private static boolean isFirstOfItsWeek(SubjectFile file, int first, int index) {
        if (!file.entry(index).verified()) {
            return false;
        }
        int week = week(file.entry(index));
        for (int earlier = first; earlier < index; earlier++) {
            var other = file.entry(earlier);
            if (other.verified() && other.report().kind().good() && week(other) == week) {
                return false;
            }
        }
        return true;
    }

    private static int week(Filed filed) {
        return filed.report().epoch() / DAYS_OF_WEEK;
    }
}
