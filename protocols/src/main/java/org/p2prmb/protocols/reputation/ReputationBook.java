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
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
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

    private final Reporters reporters;
    private final int reportsMax;
    private final boolean stampsNeeded;

    private final Map<PeerId, SubjectFile> files = new HashMap<>();
    private final SequencedMap<PeerId, Boolean> stamped = new LinkedHashMap<>(16, 0.75f, true);
    private int size;
    private long uses;

    /// @param reportsMax reports held on all subjects together; some 500 bytes each
    /// @param stampsNeeded whether reporters without a stamp that we saw count for nothing
    public ReputationBook(PeerId self, int reportsMax, boolean stampsNeeded) {
        Limits.require(reportsMax > SubjectFile.REPORTS_MAX, "too few reports for one subject");
        this.reporters = new Reporters(self);
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
        if (!fits(filed, now)) {
            return UNFIT;
        }
        var file = fileOf(filed.report().subject());
        return file(filed, file, file.find(filed));
    }

    /// Holds what another agent tells now of one subject, received now; returns what is not held
    /// any more.
    public List<Filed> fileAll(PeerId subject, List<Filed> told, Instant now) {
        if (told.isEmpty() || isSelf(subject)) {
            return List.of();
        }
        var dropped = new ArrayList<Filed>();
        var file = fileOf(subject);
        long millis = now.toEpochMilli();
        for (var filed : told) {
            if (filed.report().subject().equals(subject) && fits(filed, now)) {
                int place = file.find(filed);
                var filing = file(place < 0 ? filed.receivedAt(millis) : filed, file, place);
                if (!filing.dropped().isEmpty()) {
                    dropped.addAll(filing.dropped());
                }
            }
        }
        if (file.size() == 0) {
            files.remove(subject);
        }
        return dropped;
    }

    private boolean isSelf(PeerId peer) {
        return peer.equals(reporters.self().peer());
    }

    private boolean fits(Filed filed, Instant now) {
        long age = epoch(now) - (long) filed.report().epoch();
        return age <= Decay.DAYS_MAX && age >= -1 && !isSelf(filed.report().subject());
    }

    /// @param place of [SubjectFile#find]
    private Filing file(Filed filed, SubjectFile file, int place) {
        if (place >= 0) {
            if (!filed.verified() || file.entry(place).verified()) {
                return KNOWN;
            }
            file.verified(filed, place);
            return VERIFIED;
        }
        var dropped = added(file, filed, -1 - place);
        if (size <= reportsMax && dropped.isEmpty()) {
            return FILED;
        }
        return new Filing(
                dropped.contains(filed) ? Verdict.DISPLACED : Verdict.FILED,
                size <= reportsMax ? dropped : madeRoom(filed.report().subject(), dropped));
    }

    private SubjectFile fileOf(PeerId subject) {
        var file = find(subject);
        if (file == null) {
            file = new SubjectFile(reporters);
            files.put(subject, file);
        }
        file.used(uses++);
        return file;
    }

    private SubjectFile existing(PeerId subject) {
        return Objects.requireNonNull(files.get(subject));
    }

    private @Nullable SubjectFile find(PeerId subject) {
        return files.get(subject);
    }

    private List<Filed> added(SubjectFile file, Filed filed, int place) {
        int before = file.size();
        // What came later than all our experience was no prediction, so comparisons stay.
        boolean compares =
                file.isOwn(filed)
                        || file.hasOwn()
                                && (filed.receivedMillis() < file.lastOwnMillis()
                                        || file.mustDropAt(place));
        var compared = compares ? comparisons(file) : List.<Comparison>of();
        var dropped = file.add(filed, place);
        if (compares) {
            recount(compared, comparisons(file));
        }
        size += file.size() - before;
        return dropped;
    }

    private record Comparison(Reporter reporter, int agree, int disagree) {}

    private static List<Comparison> comparisons(SubjectFile file) {
        var comparisons = new ArrayList<Comparison>();
        file.compare((reporter, agree, disagree) ->
                comparisons.add(new Comparison(reporter, agree, disagree)));
        return comparisons;
    }

    private void recount(List<Comparison> before, List<Comparison> after) {
        after.forEach(now -> reporters.agreed(now.reporter(), now.agree(), now.disagree()));
        before.forEach(old -> reporters.agreed(old.reporter(), -old.agree(), -old.disagree()));
    }

    /// Lets an eighth of the reports go, but not those on `spared`: first files of which nothing is
    /// proven and nothing our own, the least recently used first.
    private List<Filed> madeRoom(PeerId spared, List<Filed> alsoDropped) {
        var dropped = new ArrayList<>(alsoDropped);
        var subjects = new ArrayList<>(files.keySet());
        subjects.remove(spared);
        subjects.sort(
                Comparator.comparing((PeerId subject) -> existing(subject).precious())
                        .thenComparingLong(subject -> existing(subject).lastUse()));
        for (var subject : subjects) {
            if (size <= reportsMax - reportsMax / 8) {
                break;
            }
            dropped.addAll(forget(subject));
        }
        return dropped;
    }

    /// Forgets all reports on this agent; returns them.
    public List<Filed> forget(PeerId subject) {
        var file = find(subject);
        if (file == null) {
            return List.of();
        }
        recount(comparisons(file), List.of());
        files.remove(subject);
        size -= file.size();
        return file.dropAll();
    }

    private static List<Filed> all(SubjectFile file) {
        var all = new ArrayList<Filed>(file.size());
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
            files.remove(subject);
        }
        return expired;
    }

    /// Everybody on whom there are reports, in the order of their ids.
    public Set<PeerId> subjects() {
        return new TreeSet<>(files.keySet());
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
        var known = reporters.find(reporter);
        return known == null ? Agreement.NONE : known.agreement();
    }

    /// Reporters whose word weighs something, those first whose weighs most.
    public List<PeerId> mostCredible(int max) {
        var best = new PriorityQueue<Credible>(Comparator.reverseOrder());
        for (var reporter : reporters.compared()) {
            if (reporter.agreement().weight() > 0 && counts(reporter.peer())) {
                best.add(new Credible(reporter.peer(), reporter.agreement()));
                if (best.size() > max) {
                    best.poll();
                }
            }
        }
        return best.stream().sorted().map(Credible::reporter).toList();
    }

    private record Credible(PeerId reporter, Agreement agreement) implements Comparable<Credible> {
        @Override
        public int compareTo(Credible other) {
            int weights = Double.compare(other.agreement.weight(), agreement.weight());
            return weights != 0 ? weights : reporter.compareTo(other.reporter);
        }
    }

    /// What we think of this agent today, term by term.
    public Terms terms(PeerId subject, Instant now) {
        var file = find(subject);
        if (file != null) {
            file.used(uses++);
        }
        return file == null ? Terms.NEWCOMER : new Tally(this::counts, epoch(now)).of(file);
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

    /// All reports on this agent, the newest first.
    public List<Filed> reports(PeerId subject) {
        var file = find(subject);
        return file == null ? List.of() : all(file);
    }

    /// The fault that `reporter` told last while it had no stamp.
    public Optional<Filed> newestUnstampedFault(PeerId reporter) {
        return subjects().stream()
                .flatMap(subject -> reports(subject).stream())
                .filter(filed -> filed.fault() && filed.report().stamp() == 0)
                .filter(filed -> filed.report().reporter().equals(reporter))
                .max(Comparator.comparingLong(Filed::receivedMillis));
    }

    /// What to tell others of this agent: our own reports, what is proven against it, then the
    /// newest of the rest.
    public List<Filed> held(PeerId subject, int max) {
        var file = find(subject);
        if (file == null) {
            return List.of();
        }
        var first = new ArrayList<Filed>();
        var rest = new ArrayList<Filed>(Math.min(max, file.size()));
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
