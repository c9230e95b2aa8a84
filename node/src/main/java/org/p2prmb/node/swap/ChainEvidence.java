package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SwapEvidence;
import org.p2prmb.protocols.swap.Terms;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Checks reports on swaps: the contract by its signatures, and what became of it by our own nodes.
/// Whoever has no node of a chain finds nothing either way.
///
/// Strangers make us read blocks by their reports, so only so many are compared with chains in an
/// hour; the rest are opinions. Safe for many threads, one of which asks at a time.
public final class ChainEvidence implements EvidenceChecker, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChainEvidence.class);
    private static final Duration NODE_LIMIT = Duration.ofSeconds(20);
    private static final int CHECKS_HOURLY = 120;
    private static final int KNOWN_MAX = 1_024;

    private final Chains chains;
    private final PromptLedgers ledgers; // Guarded by this, as all that follows.
    private final SequencedMap<Bytes, Finding.Verified> known = new LinkedHashMap<>();
    private Instant hour = Instant.MIN;
    private int checks;

    public ChainEvidence(Chains chains) {
        this.chains = chains;
        ledgers = new PromptLedgers(chains, NODE_LIMIT);
    }

    @Override
    public Finding check(SignedReport signed) {
        return weigh(signed.report(), false);
    }

    /// The same of a report that we think of signing.
    public Finding weigh(Report own) {
        return weigh(own, true);
    }

    private Finding weigh(Report report, boolean own) {
        if (report.evidence().size() == 0) {
            return new Finding.Unverified();
        }
        SwapEvidence evidence;
        try {
            evidence = SwapEvidence.open(report.evidence(), Signatures.REAL);
        } catch (ProtocolException e) {
            return new Finding.Refuted("no contract of both: " + e.getMessage());
        }
        var court = new SwapCourt(ledgers::of, evidence);
        if (!court.isFor(report.kind(), report.reporter(), report.subject())) {
            return new Finding.Refuted("a contract of others, or not in these roles");
        }
        var objection = objection(report, evidence.terms());
        if (objection.isPresent()) {
            return new Finding.Refuted(objection.get());
        }
        return judge(report, court, own);
    }

    /// What of a report is not as its contract says.
    private static Optional<String> objection(Report report, Terms terms) {
        if (!report.swapId().equals(terms.id()) || !report.contractHash().equals(terms.id())) {
            return Optional.of("another contract than the report names");
        }
        if (report.amountUsdCents() != terms.usdCents()) {
            return Optional.of("another amount than the contract says");
        }
        return report.epoch() == epoch(terms, report.epoch())
                ? Optional.empty()
                : Optional.of("another time than that of the contract");
    }

    /// The day nearest to this one on which the swap can have been.
    public static int epoch(Terms terms, int day) {
        return Math.clamp(
                day,
                ReputationBook.epoch(terms.created()),
                ReputationBook.epoch(terms.deadlines().refundA()));
    }

    private synchronized Finding judge(Report report, SwapCourt court, boolean own) {
        var key = key(report);
        var before = known.get(key);
        if (before != null) {
            return before;
        }
        var finding = own || mayCheck() ? compared(report, court) : new Finding.Unverified();
        if (finding instanceof Finding.Verified verified) {
            known.put(key, verified);
            if (known.size() > KNOWN_MAX) {
                known.pollFirstEntry();
            }
        }
        return finding;
    }

    private static Bytes key(Report report) {
        return Canonical.domain("evidence")
                .text(report.kind().toString())
                .bytes(report.reporter().multihash())
                .bytes(report.subject().multihash())
                .bytes(report.evidence())
                .sha256();
    }

    private Finding compared(Report report, SwapCourt court) {
        try {
            return court.judge(report.kind());
        } catch (LedgerException e) {
            log.debug("{} cannot be checked: {}", report, e.getMessage());
            return new Finding.Unverified();
        }
    }

    private boolean mayCheck() {
        var now = chains.clock().instant();
        if (now.isAfter(hour.plus(Duration.ofHours(1))) || now.isBefore(hour)) {
            hour = now;
            checks = 0;
        }
        return checks++ < CHECKS_HOURLY;
    }

    @Override
    public void close() {
        ledgers.close();
    }
}
