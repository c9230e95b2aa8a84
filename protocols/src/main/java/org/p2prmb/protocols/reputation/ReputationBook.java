package org.p2prmb.protocols.reputation;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;

/// All reports that an agent holds, and what they make it think of others: its own view, which is
/// nobody else's (docs/reputation.md).
///
/// A score depends on the reports held, on whose stamps were seen, and on the day; not on the
/// order in which the reports came, other than before or after our own experience.
///
/// ```
///   own experience ──► compared with what reporters said before ──► weight of each reporter
///         │                                                               │
///         ▼                                                               ▼
///   score of a subject = own experience + opinions, weighed + what was verified
/// ```
@Pure
public final class ReputationBook {
    /// Whoever's stamp was seen longest ago has to show it again.
    private static final int STAMPED_MAX = 16_384;

    private static final Duration DAY = Duration.ofDays(1);

    private final PeerId self;
    private final int reportsMax;
    private final boolean stampsNeeded;

    /// Least recently used first. What nobody can prove and we did not see goes before the rest.
    private final SequencedMap<PeerId, SubjectFile> opinions =
            new LinkedHashMap<>(16, 0.75f, true);

    private final SequencedMap<PeerId, SubjectFile> facts = new LinkedHashMap<>(16, 0.75f, true);

    /// Of those reporters only that were compared at least once, so bounded by the reports held.
    private final Map<PeerId, Agreement> agreements = new HashMap<>();

    private final SequencedMap<PeerId, Boolean> stamped = new LinkedHashMap<>(16, 0.75f, true);
    private int size;

    /// @param reportsMax reports held on all subjects together; some 500 bytes each
    /// @param stampsNeeded whether reporters without a stamp that we saw count for nothing
    public ReputationBook(PeerId self, int reportsMax, boolean stampsNeeded) {
        Limits.require(reportsMax > SubjectFile.REPORTS_MAX, "too few reports for one subject");
        this.self = self;
        this.reportsMax = reportsMax;
        this.stampsNeeded = stampsNeeded;
    }

    /// What became of a report.
    public enum Verdict {
        /// It is held now.
        FILED,
        /// It was held, but is proven only now.
        VERIFIED,
        /// It was held already.
        KNOWN,
        /// It is about us, too old to count, or from the future.
        UNFIT,
        /// Others of its subject are worth more.
        DISPLACED
    }

    /// @param dropped the reports that are not held any more
    public record Filing(Verdict verdict, List<Filed> dropped) {
        public Filing {
            dropped = List.copyOf(dropped);
        }

        /// Whether what is held has changed.
        public boolean changed() {
            return verdict == Verdict.FILED || verdict == Verdict.VERIFIED || !dropped.isEmpty();
        }
    }

    private static final Filing KNOWN = new Filing(Verdict.KNOWN, List.of());
    private static final Filing UNFIT = new Filing(Verdict.UNFIT, List.of());
    private static final Filing FILED = new Filing(Verdict.FILED, List.of());
    private static final Filing VERIFIED = new Filing(Verdict.VERIFIED, List.of());

    /// The day of a report made now.
    public static int epoch(Instant now) {
        return (int) Math.floorDiv(now.getEpochSecond(), DAY.toSeconds());
    }

    /// Holds a report from now on, if it fits.
    public Filing file(Filed filed, Instant now) {
        var subject = filed.report().subject();
        long age = epoch(now) - (long) filed.report().epoch();
        if (subject.equals(self) || age > Decay.DAYS_MAX || age < -1) {
            return UNFIT;
        }
        var file = find(subject);
        if (file != null && file.holds(filed)) {
            if (!filed.verified() || !file.holdsUnverified(filed)) {
                return KNOWN;
            }
            file.verified(filed);
            protect(subject, file);
            return VERIFIED;
        }
        if (file == null) {
            file = new SubjectFile(self);
            opinions.put(subject, file);
        }
        var dropped = added(file, filed);
        protect(subject, file);
        if (size <= reportsMax && dropped.isEmpty()) {
            return FILED;
        }
        return new Filing(
                dropped.contains(filed) ? Verdict.DISPLACED : Verdict.FILED,
                size <= reportsMax ? dropped : madeRoom(subject, dropped));
    }

    private @Nullable SubjectFile find(PeerId subject) {
        var file = facts.get(subject);
        return file == null ? opinions.get(subject) : file;
    }

    private List<Filed> added(SubjectFile file, Filed filed) {
        int before = file.size();
        // What came later than all our experience was no prediction, so comparisons stay.
        boolean compares =
                file.isOwn(filed)
                        || file.hasOwn()
                                && (filed.receivedMillis() < file.lastOwnMillis()
                                        || file.mustDropFor(filed));
        var compared = compares ? comparisons(file) : List.<Comparison>of();
        var dropped = file.add(filed, reporter -> agreement(reporter).weight());
        if (compares) {
            recount(compared, comparisons(file));
        }
        size += file.size() - before;
        return dropped;
    }

    private record Comparison(PeerId reporter, int agree, int disagree) {}

    private static List<Comparison> comparisons(SubjectFile file) {
        var comparisons = new ArrayList<Comparison>();
        file.compare((reporter, agree, disagree) ->
                comparisons.add(new Comparison(reporter, agree, disagree)));
        return comparisons;
    }

    private void recount(List<Comparison> before, List<Comparison> after) {
        before.forEach(old -> agreed(old.reporter(), -old.agree(), -old.disagree()));
        after.forEach(now -> agreed(now.reporter(), now.agree(), now.disagree()));
    }

    private void agreed(PeerId reporter, int agree, int disagree) {
        var sum = agreement(reporter).plus(agree, disagree);
        if (sum.equals(Agreement.NONE)) {
            agreements.remove(reporter);
        } else {
            agreements.put(reporter, sum);
        }
    }

    /// Files with something proven, or with experience of our own, are the last to go.
    private void protect(PeerId subject, SubjectFile file) {
        if ((file.hasOwn() || file.hasFaults()) && opinions.remove(subject) != null) {
            facts.put(subject, file);
        }
    }

    /// Lets files go until there are few enough reports, but not that of `spared`.
    private List<Filed> madeRoom(PeerId spared, List<Filed> alsoDropped) {
        var dropped = new ArrayList<>(alsoDropped);
        while (size > reportsMax) {
            var from = opinions.isEmpty() || isOnly(opinions, spared) ? facts : opinions;
            var subject = from.sequencedKeySet().getFirst();
            if (subject.equals(spared)) {
                from.get(spared); // Used just now, so it moves to the end.
            } else {
                dropped.addAll(forget(subject));
            }
        }
        return dropped;
    }

    private static boolean isOnly(SequencedMap<PeerId, SubjectFile> files, PeerId subject) {
        return files.size() == 1 && files.containsKey(subject);
    }

    /// Forgets all reports on this agent; returns them.
    public List<Filed> forget(PeerId subject) {
        var file = find(subject);
        if (file == null) {
            return List.of();
        }
        recount(comparisons(file), List.of());
        opinions.remove(subject);
        facts.remove(subject);
        size -= file.size();
        return all(file);
    }

    private static List<Filed> all(SubjectFile file) {
        var all = new ArrayList<Filed>();
        for (int back = 0; back < file.size(); back++) {
            all.add(file.arrival(back));
        }
        return all;
    }

    /// Forgets what is older than reports are kept; returns it.
    public List<Filed> forgetExpired(Instant now) {
        var forgotten = new ArrayList<Filed>();
        for (var subject : subjects()) {
            forgotten.addAll(forgetExpired(subject, now));
        }
        return forgotten;
    }

    private List<Filed> forgetExpired(PeerId subject, Instant now) {
        var file = find(subject);
        if (file == null) {
            return List.of();
        }
        var compared = comparisons(file);
        var expired = file.dropExpired(epoch(now));
        recount(compared, comparisons(file));
        size -= expired.size();
        if (file.size() == 0) {
            opinions.remove(subject);
            facts.remove(subject);
        }
        return expired;
    }

    /// Everybody on whom there are reports, in the order of their ids.
    public Set<PeerId> subjects() {
        var subjects = new TreeSet<PeerId>(opinions.keySet());
        subjects.addAll(facts.keySet());
        return subjects;
    }

    /// How many reports are held.
    public int size() {
        return size;
    }

    /// Counts the opinions of this reporter from now on: its stamp is right.
    public void stamped(PeerId reporter) {
        stamped.put(reporter, true);
        if (stamped.size() > STAMPED_MAX) {
            stamped.pollFirstEntry();
        }
    }

    /// Whether the opinions of this reporter count.
    public boolean counts(PeerId reporter) {
        return !stampsNeeded || stamped.getOrDefault(reporter, false);
    }

    /// How this reporter fared so far.
    public Agreement agreement(PeerId reporter) {
        return agreements.getOrDefault(reporter, Agreement.NONE);
    }

    /// Reporters whose word weighs something, those first whose weighs most.
    public List<PeerId> mostCredible(int max) {
        return agreements.entrySet().stream()
                .filter(entry -> entry.getValue().weight() > 0 && counts(entry.getKey()))
                .sorted(
                        Comparator.comparingDouble(
                                        (Map.Entry<PeerId, Agreement> entry) ->
                                                -entry.getValue().weight())
                                .thenComparingInt(entry -> -entry.getValue().agree())
                                .thenComparing(Map.Entry::getKey))
                .limit(max)
                .map(Map.Entry::getKey)
                .toList();
    }

    /// What we think of this agent today, term by term.
    public Terms terms(PeerId subject, Instant now) {
        var file = find(subject);
        return file == null
                ? Terms.NEWCOMER
                : new Tally(this::agreement, this::counts, epoch(now)).of(file);
    }

    /// What we think of this agent today: 0 to 1, 0.40 for one that nothing is known of.
    public double score(PeerId subject, Instant now) {
        return terms(subject, now).score();
    }

    /// How much may be in flight with this agent today, in cents.
    public long limitCents(PeerId subject, Exposure exposure, Instant now) {
        var terms = terms(subject, now);
        return exposure.limitCents(terms.score(), terms.deeds() > 0, settledCents(subject, now));
    }

    /// What was settled between this agent and us, by our own reports.
    public long settledCents(PeerId subject, Instant now) {
        var file = find(subject);
        return file == null ? 0 : file.ownSettledCents(epoch(now));
    }

    /// Whether this report is held, verified or not.
    public boolean holds(Filed filed) {
        var file = find(filed.report().subject());
        return file != null && file.holds(filed);
    }

    /// All reports on this agent, the newest first.
    public List<Filed> reports(PeerId subject) {
        var file = find(subject);
        return file == null ? List.of() : all(file);
    }

    /// What to tell others of this agent: our own reports, what is proven against it, then the
    /// newest of the rest.
    public List<Filed> held(PeerId subject, int max) {
        var file = find(subject);
        if (file == null) {
            return List.of();
        }
        var first = new ArrayList<Filed>();
        var rest = new ArrayList<Filed>();
        boolean special = file.hasOwn() || file.hasFaults();
        for (int back = 0; back < file.size(); back++) {
            var filed = file.arrival(back);
            if (special && (filed.fault() || file.isOwn(filed))) {
                first.add(filed);
            } else if (rest.size() < max) {
                rest.add(filed);
            } else if (!special) {
                break;
            }
        }
        first.addAll(rest);
        return first.size() <= max ? first : List.copyOf(first.subList(0, max));
    }
}
