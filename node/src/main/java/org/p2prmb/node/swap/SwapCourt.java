package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.SwapEvidence;
import org.p2prmb.protocols.swap.Terms;

import java.time.Duration;
import java.time.Instant;

/// Whether the chains show what one party of a contract says of the other, by the times of blocks
/// (decision 16). It finds too little rather than too much: what it does not find may still be so.
final class SwapCourt {
    /// After the last deadline, a refund may take its time.
    private static final Duration LATE = Duration.ofDays(1);

    private final SwapEngine.Ledgers ledgers;
    private final SwapEvidence evidence;
    private final Terms terms;

    SwapCourt(SwapEngine.Ledgers ledgers, SwapEvidence evidence) {
        this.ledgers = ledgers;
        this.evidence = evidence;
        terms = evidence.terms();
    }

    /// Whether it is for `reporter` to say this of `subject`, true or not.
    boolean isFor(ReportKind kind, PeerId reporter, PeerId subject) {
        boolean bySeller = reporter.equals(terms.seller()) && subject.equals(terms.buyer());
        boolean byBuyer = reporter.equals(terms.buyer()) && subject.equals(terms.seller());
        return switch (kind) {
            case NO_FUNDING -> bySeller;
            case FREE_OPTION -> byBuyer;
            default -> bySeller || byBuyer;
        };
    }

    /// Whether it is so.
    ///
    /// Throws [LedgerException] when a chain cannot be asked.
    Finding judge(ReportKind kind) throws LedgerException {
        boolean is =
                switch (kind) {
                    case NO_FUNDING -> isUnfunded();
                    case FREE_OPTION -> isFreeOption();
                    case SETTLED -> isSettled();
                    default -> false;
                };
        return is ? new Finding.Verified(fact(kind)) : new Finding.Unverified();
    }

    private Bytes fact(ReportKind kind) {
        return Canonical.domain("rmb/fact/1").text(kind.toString()).bytes(terms.id()).sha256();
    }

    /// The seller's lock was there in time, under the name that the buyer signed, and none of the
    /// buyer's was until the buyer could have taken it back.
    private boolean isUnfunded() throws LedgerException {
        var until = terms.deadlines().refundB();
        return !ledgers.of(chain(terms.b())).tip().time().isBefore(until)
                && wasAFunded()
                && !lock(terms.b(), until).isThere();
    }

    private static String chain(Leg leg) {
        return leg.asset().chain();
    }

    private PastLock lock(Leg leg, Instant until) throws LedgerException {
        return PastLock.of(ledgers.of(chain(leg)), leg, terms.hash(), terms.created(), until);
    }

    private boolean wasAFunded() throws LedgerException {
        var by = terms.deadlines().lockABy();
        var a = lock(terms.a(), by);
        return a.isCalled(evidence.refA()) && a.isBuriedBy(by);
    }

    /// Both locks were there in time, and both were taken back. Only where the name of the buyer's
    /// lock follows from the terms: elsewhere the buyer may have kept it from the seller.
    private boolean isFreeOption() throws LedgerException {
        if (ledgers.of(chain(terms.b())).predict(terms.b(), terms.hash()).isEmpty()) {
            return false;
        }
        var b = lock(terms.b(), end());
        return b.isBuriedBy(terms.deadlines().lockBBy())
                && b.hasEnded(false)
                && wasAFunded()
                && lock(terms.a(), end()).hasEnded(false);
    }

    private Instant end() {
        return terms.deadlines().refundA().plus(LATE);
    }

    private boolean isSettled() throws LedgerException {
        return lock(terms.a(), end()).hasEnded(true) && lock(terms.b(), end()).hasEnded(true);
    }
}
