package org.p2prmb.node;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.Validator;
import org.p2prmb.libp2p.gossipsub.Verdict;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.reputation.Faults;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.SignedReport;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// Judges what reaches the topic of verified faults: it must be the reporter's own word and proven,
/// not come too often, and be by an identity that cost something.
///
/// Rejected, which punishes whoever forwarded it, is only what everybody finds wrong. Whose stamp
/// is known differs from agent to agent, and so does how often a reporter was heard: that is
/// ignored.
final class NoticeJudge implements Validator {
    /// What a check of a stamp is waited for: no longer than the topic waits for a verdict.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Predicate<PeerId> mayPublish;
    private final Stamps stamps;
    private final EvidenceChecker evidence;
    private final Consumer<SignedReport> refuted;

    /// @param mayPublish whether this reporter may be heard again, which counts
    /// @param refuted hears of reports whose evidence is wrong
    NoticeJudge(
            Predicate<PeerId> mayPublish,
            Stamps stamps,
            EvidenceChecker evidence,
            Consumer<SignedReport> refuted) {
        this.mayPublish = mayPublish;
        this.stamps = stamps;
        this.evidence = evidence;
        this.refuted = refuted;
    }

    @Override
    public Verdict validate(GossipMessage message) {
        SignedReport report;
        try {
            report = Faults.decode(message.data());
        } catch (ProtocolException e) {
            return Verdict.REJECT;
        }
        if (!report.report().reporter().equals(message.from())) {
            return Verdict.REJECT;
        }
        // Names without a stamp cost nothing, so they must not use up what is kept of how often
        // others were heard. A report that we hold already, because it was filed with us, goes on
        // as well: others wait for it.
        if (!stamps.mayBeRight(report)
                || !mayPublish.test(message.from())
                || !stamps.isRight(report, PATIENCE)) {
            return Verdict.IGNORE;
        }
        return switch (evidence.check(report)) {
            case Finding.Verified _ when !report.report().kind().good() -> Verdict.ACCEPT;
            case Finding.Verified _, Finding.Unverified _ -> Verdict.IGNORE;
            case Finding.Refuted _ -> {
                refuted.accept(report);
                yield Verdict.REJECT;
            }
        };
    }
}
