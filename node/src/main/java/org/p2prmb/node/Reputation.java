package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.config.ReputationConfig;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.exchange.WindowEvidence;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.reputation.Equivocation;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.reputation.Exposure;
import org.p2prmb.protocols.reputation.Faults;
import org.p2prmb.protocols.reputation.Filed;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReportShelf;
import org.p2prmb.protocols.reputation.ReporterQuotas;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.reputation.ReputationResponse;
import org.p2prmb.protocols.reputation.ReputationServer;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.Stamp;
import org.p2prmb.protocols.statements.Sequences;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/// What this agent thinks of others: keeps the book of reports and its rows on disk, hears of
/// faults, asks and tells other agents, and signs our own reports.
///
/// Safe for many threads: the book has one lock, under which nothing waits.
public final class Reputation implements ReputationServer.Desk, AutoCloseable {
    private static final long CENTS = 100;
    private static final int WRONG_EVIDENCE = 422;
    private static final int TOO_OFTEN = 429;

    /// As many as were asked before; [ReputationSources] takes the first that it can reach.
    private static final int CREDIBLE_MAX = 8;

    private static final Logger log = LoggerFactory.getLogger(Reputation.class);

    /// What an agent has for it.
    ///
    /// @param evidence checks every kind of report
    /// @param died hears of a failure of our own
    record Surroundings(
            Host host,
            GossipSub gossip,
            ContactBook contacts,
            ReportShelf shelf,
            Sequences sequences,
            ReputationSources sources,
            EvidenceChecker evidence,
            HeldExhibits exhibits,
            InstantSource clock,
            Errands errands,
            Consumer<Throwable> died) {}

    /// Hears that our view of an agent has changed.
    @FunctionalInterface
    public interface Listener {
        void scored(PeerId subject, double score);
    }

    private final Surroundings with;
    private final Exposure exposure;
    private final Stamps stamps;
    private final ReputationBook book; // Guarded by this, as are the quotas.
    private final ReporterQuotas quotas = new ReporterQuotas();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final DailyRound upkeep;

    Reputation(Surroundings with, ReputationConfig config) {
        this.with = with;
        var limit = config.newcomerLimitUsd() * CENTS;
        exposure = new Exposure(limit, Exposure.defaults().limitMaxCents());
        var stamp = Stamp.of(config.stampDifficulty());
        var self = with.host().peerId();
        book = new ReputationBook(self, config.reportsMax(), stamp.needed());
        stamps =
                new Stamps(
                        self,
                        stamp,
                        with.shelf(),
                        this::counts,
                        this::stamped,
                        () -> with.errands().start(this::repeat),
                        with.died());
        upkeep = new DailyRound("reputation", this::refresh, with.clock(), with.died());
    }

    /// Reads what was kept, then serves others and hears of faults.
    void start() {
        var known = with.shelf().stamps();
        synchronized (this) {
            known.keySet().forEach(book::stamped);
            with.shelf().load().forEach(this::restore);
        }
        stamps.start(known);
        with.host().handle(ReputationServer.PROTOCOL, new ReputationServer(this, with.clock()));
        try {
            var judge = new NoticeJudge(this::mayPublish, stamps, with.evidence(), this::accuse);
            with.gossip().subscribe(Faults.TOPIC, judge, this::heard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        }
        upkeep.start();
        with.errands().start(this::refresh); // We may have slept for days.
    }

    private synchronized void restore(Filed filed) {
        var filing = book.file(filed, now());
        with.shelf().remove(filing.dropped());
        if (filing.verdict() == ReputationBook.Verdict.UNFIT) {
            with.shelf().remove(List.of(filed)); // Too old by now.
        }
    }

    private Instant now() {
        return with.clock().instant();
    }

    /// Hears of every score that a report changes, and of all once a day.
    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    /// Our view of an agent, 0 to 1; by what we hold, without asking anybody.
    public synchronized double score(PeerId subject) {
        return book.score(subject, now());
    }

    /// How much may be in flight with this agent, in cents of US dollars.
    public synchronized long limitCents(PeerId subject) {
        return book.limitCents(subject, exposure, now());
    }

    /// Asks others about an agent: before dealing with it, or when the owner wants to know.
    public void consult(PeerId subject) throws InterruptedException {
        List<PeerId> credible;
        synchronized (this) {
            credible = book.mostCredible(CREDIBLE_MAX);
        }
        for (var report : with.sources().ask(subject, credible)) {
            take(report);
        }
    }

    /// Why our view of an agent is what it is.
    public synchronized Explanation explain(PeerId subject) {
        var reports =
                book.reports(subject).stream()
                        .map(filed -> explained(filed, filed.report().reporter()))
                        .toList();
        return new Explanation(book.terms(subject, now()), limitCents(subject), reports);
    }

    private Explanation.Explained explained(Filed filed, PeerId reporter) {
        var own = reporter.equals(with.host().peerId());
        var counts = own || book.counts(reporter);
        return new Explanation.Explained(filed, own, counts, book.agreement(reporter));
    }

    /// Signs a report of our own, keeps it, and tells others.
    ///
    /// Throws `IllegalArgumentException` when it cannot be signed or its evidence is wrong.
    public Filed report(PeerId subject, ReportKind kind, long amountUsdCents, Bytes proof) {
        return report(sequence ->
                Report.plain(
                        with.host().peerId(),
                        subject,
                        kind,
                        amountUsdCents,
                        proof,
                        sequence,
                        ReputationBook.epoch(now())));
    }

    /// As the other `report`.
    ///
    /// @param report by the sequence that it is to have; its stamp comes from us
    Filed report(LongFunction<Report> report) {
        var plain = report.apply(with.sequences().next("report"));
        var signed = SignedReport.seal(plain.stamped(stamps.own()), with.host().keys());
        var finding = with.evidence().check(signed);
        if (finding instanceof Finding.Refuted(var why)) {
            throw new IllegalArgumentException("the evidence is wrong: " + why);
        }
        var filed = Filed.of(signed, finding, now().toEpochMilli());
        with.shelf().putDurably(filed);
        keep(filed);
        with.errands().start(() -> publish(filed));
        return filed;
    }

    /// Whether we have reported on what the subject did in this swap.
    synchronized boolean hasReported(PeerId subject, Bytes swap) {
        return book.reports(subject).stream()
                .map(Filed::report)
                .anyMatch(report ->
                        report.reporter().equals(with.host().peerId())
                                && report.swapId().equals(swap));
    }

    /// The topic has no use for a report without a stamp, where stamps are needed; those who will
    /// be asked about its subject have.
    private void publish(Filed filed) throws InterruptedException {
        boolean late = !stamps.isShownBy(filed.report()) && stamps.own() != 0;
        var told = late ? stamped(filed.report()) : filed.signed();
        if (filed.fault()
                && stamps.isShownBy(told.report())
                && mayPublish(told.report().reporter())) {
            with.gossip().publish(Faults.TOPIC, Faults.encode(told));
        }
        with.sources().tell(told);
    }

    /// The same with our stamp, for others only: in our own book it would count twice.
    ///
    /// It has a sequence of its own, for two reports of one sequence would prove us a liar.
    private SignedReport stamped(Report report) {
        var again = report.numbered(with.sequences().next("report")).stamped(stamps.own());
        return SignedReport.seal(again, with.host().keys());
    }

    /// We have a stamp from now on: says once more, with it, what fault we saw last without one.
    private void repeat() {
        unstamped().ifPresent(told -> with.errands().start(() -> publish(told)));
    }

    private synchronized Optional<Filed> unstamped() {
        return book.newestUnstampedFault(with.host().peerId());
    }

    private synchronized boolean mayPublish(PeerId reporter) {
        return quotas.mayPublish(reporter, now());
    }

    /// Hears of two statements of an agent that contradict each other; if they do, it is reported.
    void contradicted(PeerId subject, Bytes first, Bytes second) {
        try {
            var proof = Equivocation.of(first, second);
            // The same, signed twice, must not use up what we may report.
            var _ = proof.sequence(subject, Signatures.REAL);
            if (mayAccuse(subject)) {
                report(subject, ReportKind.EQUIVOCATION, 0, proof.encoded());
            }
        } catch (ProtocolException | IllegalArgumentException e) {
            log.debug("{} does not contradict itself: {}", subject.shortText(), e.getMessage());
        }
    }

    /// Hears of what a seller's signatures prove against it; if it fits, it is reported.
    void accused(WindowFault fault) {
        var proof = WindowEvidence.of(fault);
        if (proof.isPresent() && mayAccuse(fault.seller())) {
            with.exhibits().keepFor(fault);
            report(fault.seller(), ReportKind.WINDOW_FAULT, 0, proof.get());
        }
    }

    /// Once is enough, and liars must not make us sign without end.
    synchronized boolean mayAccuse(PeerId subject) {
        return book.terms(subject, now()).deeds() == 0
                && quotas.mayReport(with.host().peerId(), now());
    }

    @Override
    public synchronized List<SignedReport> held(PeerId subject, int max) {
        return book.held(subject, max).stream().map(Filed::signed).toList();
    }

    @Override
    public Optional<Bytes> exhibit(Bytes hash) {
        return with.exhibits().held(hash);
    }

    @Override
    public ReputationResponse file(SignedReport report) {
        synchronized (this) {
            if (!quotas.mayReport(report.report().reporter(), now())) {
                return new ReputationResponse.Refused(TOO_OFTEN, "too many reports in an hour");
            }
        }
        return take(report) instanceof Finding.Refuted(var why)
                ? new ReputationResponse.Refused(WRONG_EVIDENCE, why)
                : new ReputationResponse.Reports(List.of());
    }

    /// Checks a report that came from anywhere, and keeps it unless its evidence is wrong: then it
    /// counts against its reporter.
    private Finding take(SignedReport report) {
        var finding = with.evidence().check(report);
        if (finding instanceof Finding.Refuted(var why)) {
            log.debug("{} has wrong evidence: {}", report, why);
            accuse(report);
            return finding;
        }
        var filed = Filed.of(report, finding, now().toEpochMilli());
        if (keep(filed)) {
            with.exhibits().keepFor(filed);
            with.shelf().put(filed);
        }
        if (!counts(report.report().reporter())) {
            var subject = report.report().subject();
            stamps.look(report, () -> scored(subject, score(subject)));
        }
        return finding;
    }

    private synchronized boolean counts(PeerId reporter) {
        return book.counts(reporter);
    }

    private void accuse(SignedReport report) {
        var liar = report.report().reporter();
        if (!liar.equals(with.host().peerId())
                && report.envelope().size() <= SignedReport.ACCUSABLE_BYTES_MAX
                && mayAccuse(liar)) {
            report(liar, ReportKind.FALSE_REPORT, 0, report.envelope());
        }
    }

    /// Puts it into the book, and tells of the score; returns whether it is held now.
    private boolean keep(Filed filed) {
        var subject = filed.report().subject();
        ReputationBook.Filing filing;
        double score;
        synchronized (this) {
            filing = book.file(filed, now());
            score = book.score(subject, now());
        }
        with.shelf().remove(filing.dropped());
        if (filing.changed()) {
            scored(subject, score);
        }
        return filing.verdict() == ReputationBook.Verdict.FILED
                || filing.verdict() == ReputationBook.Verdict.VERIFIED;
    }

    private void scored(PeerId subject, double score) {
        with.contacts().rate(subject, score);
        tell(subject, score);
    }

    private void tell(PeerId subject, double score) {
        listeners.forEach(listener -> listener.scored(subject, score));
    }

    private synchronized void stamped(PeerId peer) {
        book.stamped(peer);
    }

    /// What identities cost, for whoever deals with them.
    Stamps stamps() {
        return stamps;
    }

    private void heard(GossipMessage message) {
        try {
            take(Faults.decode(message.data()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the validator let a malformed fault pass", e);
        }
    }

    /// Forgets what is too old, and scores everybody anew.
    void refresh() {
        List<PeerId> subjects;
        synchronized (this) {
            subjects = List.copyOf(book.subjects());
            with.shelf().remove(book.forgetExpired(now()));
        }
        var scores = new LinkedHashMap<PeerId, Double>();
        subjects.forEach(subject -> scores.put(subject, score(subject)));
        with.contacts().updateScores(scores);
        scores.forEach(this::tell);
    }

    @Override
    public void close() {
        upkeep.close();
        stamps.close();
    }
}
