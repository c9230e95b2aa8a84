package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/// Adds up the reports on one subject, reporter by reporter; in whole units of [Decay], so that the
/// order of the reports makes no difference.
@Pure
final class Tally {
    private static final int DAYS_OF_WEEK = 7;

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
    Tally(Predicate<PeerId> counts, long today) {
        this.counts = counts;
        this.today = today;
    }

    Terms of(SubjectFile file) {
        int end;
        for (int first = 0; first < file.size(); first = end) {
            end = file.endOfReporter(first);
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
            long age = today - file.epoch(index);
            if (file.isGood(index)) {
                good += Decay.GOOD.share(age);
                settled += isFirstOfItsWeek(file, first, index) ? Decay.SETTLED.share(age) : 0;
            } else {
                bad += Decay.BAD.share(age);
            }
            if (file.isFault(index) && age <= Decay.DAYS_MAX) {
                var filed = file.entry(index);
                deeds.merge(filed.fact(), faded(filed, age), Math::max);
            }
        }
        if (file.isOwn(first)) {
            ownGood += good;
            ownBad += bad;
        } else {
            addOpinion(file.reporter(first), Math.min(Decay.ONE, good), Math.min(Decay.ONE, bad));
        }
    }

    private void addOpinion(Reporter reporter, long good, long bad) {
        if (!counts.test(reporter.peer())) {
            return;
        }
        var agreement = reporter.agreement();
        if (agreement.known()) {
            double weight = agreement.weight();
            knownGood += Math.round(weight * weight * good);
            knownBad += Math.round(weight * weight * bad);
        } else {
            unknownGood += good;
            unknownBad += bad;
        }
    }

    private static long faded(Filed filed, long age) {
        return filed.report().kind().fades()
                ? Math.round(Decay.value(filed.weight()) * Decay.BAD.share(age))
                : filed.weight();
    }

    /// Whether this is a verified swap, and the first of this counterparty in its week: the reports
    /// before it in the file are the earlier ones of the same reporter.
    private static boolean isFirstOfItsWeek(SubjectFile file, int first, int index) {
        if (!file.isVerified(index)) {
            return false;
        }
        long week = week(file, index);
        for (int earlier = first; earlier < index; earlier++) {
            if (file.isVerified(earlier) && file.isGood(earlier) && week(file, earlier) == week) {
                return false;
            }
        }
        return true;
    }

    private static long week(SubjectFile file, int index) {
        return file.epoch(index) / DAYS_OF_WEEK;
    }
}
