package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.Report;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.reputation.ReputationBook;
import org.p2prmb.protocols.reputation.SignedReport;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEvidence;

import java.time.Duration;

/// Reports on swaps against chains: what is proven, what is an opinion, and what is a lie.
final class SwapEvidenceTest {
    private final DeskRig rig = new DeskRig();
    private final DeskRig.Party seller = rig.party("seller");
    private final DeskRig.Party buyer = rig.party("buyer");
    private final DeskRig.Party judge = rig.party("judge");
    private final ChainEvidence evidence = new ChainEvidence(judge.wallet);

    @AfterEach
    void close() {
        evidence.close();
        rig.close();
    }

    private Swap settled() throws LedgerException {
        rig.agree(seller, buyer, "window");
        rig.run(seller, buyer);
        return seller.swap();
    }

    /// The buyer signs and vanishes.
    private Swap unfunded() throws LedgerException {
        rig.agree(seller, buyer, "window");
        rig.deliver();
        buyer.desk().close();
        while (!seller.swap().isOver()) {
            seller.look();
            rig.town.pass();
        }
        return seller.swap();
    }

    private SignedReport report(Swap swap, KeyPair by, DeskRig.Party on, ReportKind kind) {
        return report(swap, by, on, kind, SwapEvidence.of(swap.deal()).encoded());
    }

    private SignedReport report(
            Swap swap, KeyPair by, DeskRig.Party on, ReportKind kind, Bytes proof) {
        var terms = swap.deal().terms();
        return SignedReport.seal(
                new Report(
                        by.peerId(),
                        on.peer(),
                        kind,
                        terms.usdCents(),
                        terms.id(),
                        terms.id(),
                        proof,
                        1,
                        ReputationBook.epoch(terms.created()),
                        0),
                by);
    }

    @Test
    void aSettledSwapIsProvenByEitherSide() throws LedgerException {
        var swap = settled();
        var good = report(swap, seller.keys, buyer, ReportKind.SETTLED);
        assertThat(evidence.check(good)).isInstanceOf(Finding.Verified.class);
        assertThat(evidence.check(report(swap, buyer.keys, seller, ReportKind.SETTLED)))
                .isEqualTo(evidence.check(good));
    }

    @Test
    void whatIsNotSoIsNotFound() throws LedgerException {
        var swap = settled();
        assertThat(evidence.check(report(swap, seller.keys, buyer, ReportKind.NO_FUNDING)))
                .isInstanceOf(Finding.Unverified.class);
        assertThat(evidence.check(report(swap, buyer.keys, seller, ReportKind.FREE_OPTION)))
                .isInstanceOf(Finding.Unverified.class);
        assertThat(evidence.check(report(swap, buyer.keys, seller, ReportKind.WRONG_FUNDING)))
                .isInstanceOf(Finding.Unverified.class);
    }

    @Test
    void aBuyerThatDidNotLockIsProvenToHaveNotOnceItCouldHave() throws LedgerException {
        var swap = unfunded();
        assertThat(evidence.check(report(swap, seller.keys, buyer, ReportKind.NO_FUNDING)))
                .isInstanceOf(Finding.Verified.class);
        assertThat(evidence.check(report(swap, seller.keys, buyer, ReportKind.SETTLED)))
                .isInstanceOf(Finding.Unverified.class);
    }

    /// A seller that never locks has nobody to blame.
    @Test
    void withoutTheSellersLockNobodyHadToLock() throws LedgerException {
        rig.agree(seller, buyer, "window");
        rig.deliver();
        seller.desk().close();
        rig.town.gold().forgetMempool();
        while (!buyer.swap().isOver()) {
            buyer.look();
            rig.town.pass();
        }
        rig.town.skip(Duration.ofDays(1));
        rig.town.pass();
        assertThat(evidence.check(report(buyer.swap(), seller.keys, buyer, ReportKind.NO_FUNDING)))
                .isInstanceOf(Finding.Unverified.class);
    }

    /// Where the buyer's lock has no name before it is made, the buyer may have hidden it.
    @Test
    void aSellerIsNotBlamedForALockThatItMayNotHaveKnown() throws LedgerException {
        rig.agree(seller, buyer, "window");
        while (buyer.desk().swaps().isEmpty() || !(buyer.swap() instanceof BuyerSwap.LockReady)) {
            rig.step();
        }
        buyer.muted = true; // Nobody hears what its lock is called.
        rig.run(seller, buyer);
        assertThat(seller.stage()).isEqualTo("refunded");
        assertThat(buyer.stage()).isEqualTo("refunded");
        assertThat(evidence.check(report(buyer.swap(), buyer.keys, seller, ReportKind.FREE_OPTION)))
                .isInstanceOf(Finding.Unverified.class);
    }

    @Test
    void aSellerThatTookBackAndDidNotRedeemIsProvenToHave() throws LedgerException {
        rig.town.named = true;
        rig.agree(seller, buyer, "window");
        while (buyer.desk().swaps().isEmpty() || !(buyer.swap() instanceof BuyerSwap.LockReady)) {
            rig.step();
        }
        seller.desk().close(); // It knows the secret, and waits.
        while (!buyer.swap().isOver()) {
            buyer.look();
            rig.town.pass();
        }
        var report = report(buyer.swap(), buyer.keys, seller, ReportKind.FREE_OPTION);
        assertThat(evidence.check(report)).isInstanceOf(Finding.Unverified.class);
        seller.restart();
        while (!seller.swap().isOver()) {
            seller.look();
            rig.town.pass();
        }
        assertThat(seller.stage()).isEqualTo("refunded");
        assertThat(evidence.check(report)).isInstanceOf(Finding.Verified.class);
        assertThat(evidence.check(report(buyer.swap(), seller.keys, buyer, ReportKind.NO_FUNDING)))
                .isInstanceOf(Finding.Unverified.class);
    }

    @Test
    void whoHasNoNodeOfAChainFindsNothingEitherWay() throws LedgerException {
        var swap = settled();
        try (var blind = new ChainEvidence(Chains.none(rig.town::now))) {
            assertThat(blind.check(report(swap, seller.keys, buyer, ReportKind.SETTLED)))
                    .isInstanceOf(Finding.Unverified.class);
        }
        judge.wallet.broken.add(SimulatedTown.CORN.chain());
        assertThat(evidence.check(report(swap, seller.keys, buyer, ReportKind.SETTLED)))
                .isInstanceOf(Finding.Unverified.class);
    }

    @Test
    void contractsOfOthersAndOtherFiguresAreLies() throws LedgerException {
        var swap = unfunded();
        assertRefuted(report(swap, judge.keys, buyer, ReportKind.NO_FUNDING));
        assertRefuted(report(swap, seller.keys, judge, ReportKind.NO_FUNDING));
        assertRefuted(report(swap, buyer.keys, seller, ReportKind.NO_FUNDING));
        assertRefuted(report(swap, seller.keys, buyer, ReportKind.FREE_OPTION));
        var terms = swap.deal().terms();
        var honest = report(swap, seller.keys, buyer, ReportKind.NO_FUNDING).report();
        for (var lie :
                new Report[] {
                    altered(honest, terms.usdCents() + 1, terms.id(), honest.epoch()),
                    altered(honest, terms.usdCents(), terms.hash(), honest.epoch()),
                    altered(honest, terms.usdCents(), terms.id(), honest.epoch() + 30)
                }) {
            assertRefuted(SignedReport.seal(lie, seller.keys));
        }
    }

    private static Report altered(Report report, long cents, Bytes swap, int epoch) {
        return new Report(
                report.reporter(),
                report.subject(),
                report.kind(),
                cents,
                swap,
                report.contractHash(),
                report.evidence(),
                report.sequence(),
                epoch,
                0);
    }

    private void assertRefuted(SignedReport report) {
        assertThat(evidence.check(report)).isInstanceOf(Finding.Refuted.class);
    }

    @Test
    void evidenceThatWasChangedProvesNothing() throws LedgerException {
        var swap = settled();
        var proof = SwapEvidence.of(swap.deal()).encoded();
        assertThat(proof.size()).isLessThan(SwapEvidence.BYTES_MAX);
        Seeds.forEach(
                100,
                random -> {
                    var changed = proof.toArray();
                    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                    var report =
                            report(
                                    swap,
                                    seller.keys,
                                    buyer,
                                    ReportKind.SETTLED,
                                    Bytes.wrap(changed));
                    assertThat(evidence.check(report)).isNotInstanceOf(Finding.Verified.class);
                });
    }

    @Test
    void onlySoManyReportsOfStrangersAreComparedWithChainsInAnHour() throws LedgerException {
        var swap = unfunded();
        var wrong = report(swap, seller.keys, buyer, ReportKind.SETTLED);
        for (int check = 0; check < 120; check++) {
            assertThat(evidence.check(wrong)).isInstanceOf(Finding.Unverified.class);
        }
        var good = report(swap, seller.keys, buyer, ReportKind.NO_FUNDING);
        assertThat(evidence.check(good)).isInstanceOf(Finding.Unverified.class);
        assertThat(evidence.weigh(good.report())).isInstanceOf(Finding.Verified.class);
        rig.town.skip(Duration.ofHours(2));
        assertThat(evidence.check(good)).isInstanceOf(Finding.Verified.class);
    }
}
