package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.reputation.Exhibits;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.reputation.StatementEvidence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Faults that a whole result proves, which reports name by its hash.
final class WindowExhibitsTest {
    private static final KeyPair REPORTER = Agents.keys(77);
    private static final Buyer ANN = Buyer.of(1);
    private static final Buyer BEN = Buyer.of(2);

    private final SellerRun run = new SellerRun(3);
    private final PublishedResult honest = run.sell(ANN, BEN);
    private final Map<Bytes, Bytes> shown = new HashMap<>();
    private final StatementEvidence checker =
            new StatementEvidence(
                    EvidenceChecker.NONE, (hash, _) -> Optional.ofNullable(shown.get(hash)));

    private PublishedResult signed(UnaryOperator<ResultParts> change) {
        var parts = change.apply(new ResultParts(honest.result()));
        return PublishedResult.seal(parts.result(), SellerRun.SELLER, Signatures.REAL);
    }

    private PublishedResult withoutBen(boolean leafToo) {
        return signed(parts -> {
            parts.reveals.removeIf(reveal -> reveal.statement().author().equals(BEN.peer()));
            if (leafToo) {
                parts.leaves.removeIf(leaf -> leaf.bidder().equals(BEN.peer()));
                parts.signRoot();
            }
            parts.rank();
            return parts;
        });
    }

    private List<WindowFault> faults() {
        var receipt =
                run.all(Action.Receipted.class).stream()
                        .map(Action.Receipted::receipt)
                        .filter(signed -> signed.statement().leaf().bidder().equals(BEN.peer()))
                        .findFirst()
                        .orElseThrow();
        var heard =
                run.all(Action.RevealReceipted.class).stream()
                        .map(Action.RevealReceipted::receipt)
                        .filter(signed -> signed.statement().bidder().equals(BEN.peer()))
                        .findFirst()
                        .orElseThrow();
        return List.of(
                new WindowFault.NotUnderRoot(receipt, withoutBen(true)),
                new WindowFault.IgnoredReveal(heard, withoutBen(false)),
                new WindowFault.WrongResult(signed(ResultParts::withoutRanks)));
    }

    private Finding check(Bytes evidence) {
        var subject = SellerRun.SELLER.peerId();
        var kind = ReportKind.WINDOW_FAULT;
        var report = Report.plain(REPORTER.peerId(), subject, kind, 0, evidence, 1, 20_000);
        return checker.check(SignedReport.seal(report, REPORTER));
    }

    private void show(Bytes result) {
        shown.put(Exhibits.hash(result), result);
    }

    @Test
    void eachIsAnOpinionUntilItsResultIsShownAndProvenFromThenOn() {
        for (var fault : faults()) {
            var evidence = WindowEvidence.of(fault).orElseThrow();
            assertThat(check(evidence)).isEqualTo(new Finding.Unverified());
            var result = WindowEvidence.result(fault).orElseThrow();
            assertThat(WindowEvidence.resultHash(evidence, Signatures.REAL))
                    .contains(Exhibits.hash(result));
            show(result);
            assertThat(check(evidence)).isEqualTo(new Finding.Verified(fault.fact()));
        }
    }

    @Test
    void anHonestResultRefutesWhoeverNamesIt() {
        show(honest.encoded());
        for (var fault : faults()) {
            var evidence = WindowEvidence.of(fault).orElseThrow();
            var lie = replaced(evidence, result(fault).notice(), honest.notice());
            assertThat(check(lie)).isInstanceOf(Finding.Refuted.class);
        }
    }

    private static PublishedResult result(WindowFault fault) {
        return switch (fault) {
            case WindowFault.NotUnderRoot(_, var result) -> result;
            case WindowFault.IgnoredReveal(_, var result) -> result;
            case WindowFault.WrongResult(var result) -> result;
            default -> throw new AssertionError(fault.name());
        };
    }

    /// Both notices have equally many bytes, or the evidence could not be changed in place.
    private static Bytes replaced(Bytes evidence, Signed<?> was, Signed<?> is) {
        var hex = evidence.toHex();
        assertThat(is.envelope().size()).isEqualTo(was.envelope().size());
        assertThat(hex).contains(was.envelope().toHex());
        return Bytes.hex(hex.replace(was.envelope().toHex(), is.envelope().toHex()));
    }

    @Test
    void evidenceThatWasChangedProvesNothingElse() {
        for (var fault : faults()) {
            show(WindowEvidence.result(fault).orElseThrow());
            var evidence = WindowEvidence.of(fault).orElseThrow();
            Seeds.forEach(
                    100,
                    random -> {
                        var found = check(Bytes.wrap(Seeds.mutate(random, evidence.toArray())));
                        if (found instanceof Finding.Verified) {
                            assertThat(found).isEqualTo(new Finding.Verified(fault.fact()));
                        }
                    });
        }
    }
}
