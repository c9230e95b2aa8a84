package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.exchange.WindowAudit.Holdings;
import org.p2prmb.protocols.exchange.WindowMachine.Action;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/// Everything that a seller's signatures prove is found, and nothing else is.
final class WindowAuditTest {
    private static final Buyer ANN = Buyer.of(1);
    private static final Buyer BEN = Buyer.of(2);
    private static final Buyer CAT = Buyer.of(3, Price.of(1_001), 2, Buyer.KNOWN);
    private static final Buyer DAN = Buyer.of(4);

    private final SellerRun run = new SellerRun(3);
    private final PublishedResult honest = run.sell(ANN, BEN, CAT);
    private final Bytes window = run.window();

    private PublishedResult signed(UnaryOperator<ResultParts> change) {
        var parts = change.apply(new ResultParts(honest.result()));
        return PublishedResult.seal(parts.result(), SellerRun.SELLER, Signatures.REAL);
    }

    private Holdings receipts() {
        return new Holdings(
                run.all(Action.Receipted.class).stream().map(Action.Receipted::receipt).toList(),
                run.all(Action.RevealReceipted.class).stream()
                        .map(Action.RevealReceipted::receipt)
                        .toList(),
                List.of(honest.result().root()),
                List.of(honest.notice()));
    }

    private void assertWrong(String why, UnaryOperator<ResultParts> change) {
        var faults = WindowAudit.faults(signed(change), Holdings.NONE);
        assertThat(faults).hasSize(1);
        assertThat(faults.getFirst()).isInstanceOf(WindowFault.WrongResult.class);
        assertThat(((WindowFault.WrongResult) faults.getFirst()).why()).contains(why);
        assertThat(faults.getFirst().seller()).isEqualTo(SellerRun.SELLER.peerId());
        assertThat(faults.getFirst().window()).isEqualTo(window);
    }

    @Test
    void nothingIsFoundAgainstAnHonestSellerWhateverOneHolds() {
        assertThat(receipts().receipts()).hasSize(3);
        assertThat(receipts().revealReceipts()).hasSize(3);
        assertThat(WindowAudit.faults(honest, receipts())).isEmpty();
        assertThat(WindowAudit.faults(signed(parts -> parts), Holdings.NONE)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> new WindowFault.WrongResult(honest));
    }

    @Test
    void aNonceThatWasChosenAfterTheOpeningIsFound() {
        assertWrong(
                "another nonce",
                parts -> {
                    parts.nonce = Buyer.nonce(4_711);
                    parts.rank();
                    return parts;
                });
    }

    @Test
    void aBeaconFromBeforeItsTimeOrOfAnotherChainIsFound() {
        var beacon = honest.result().beacon();
        assertWrong(
                "a beacon",
                parts -> {
                    parts.beacon =
                            new Beacon(
                                    beacon.chain(),
                                    beacon.height(),
                                    beacon.hash(),
                                    beacon.time().minusMillis(1));
                    parts.rank();
                    return parts;
                });
        assertWrong(
                "a beacon",
                parts -> {
                    parts.beacon =
                            new Beacon("otherchain", beacon.height(), beacon.hash(), beacon.time());
                    parts.rank();
                    return parts;
                });
    }

    @Test
    void leavesThatTheRootDoesNotCoverAreFound() {
        assertWrong(
                "another root",
                parts -> {
                    parts.leaves.add(DAN.leaf(window));
                    parts.leaves.sort(Comparator.comparing(Leaf::bidder));
                    return parts;
                });
        assertWrong(
                "another root",
                parts -> {
                    parts.leaves.removeLast();
                    parts.reveals.removeLast();
                    parts.rank();
                    return parts;
                });
        assertWrong(
                "not in order",
                parts -> {
                    parts.leaves = parts.leaves.reversed();
                    parts.signRoot();
                    parts.rank();
                    return parts;
                });
        assertWrong(
                "not in order",
                parts -> {
                    parts.leaves.add(parts.leaves.getLast());
                    parts.signRoot();
                    parts.rank();
                    return parts;
                });
    }

    @Test
    void bidsWithoutACommitOrWithAnotherOneAreFound() {
        assertWrong(
                "not behind a commit",
                parts -> {
                    parts.reveals.add(DAN.reveal(window));
                    parts.reveals.sort(Comparator.comparing(reveal -> reveal.statement().author()));
                    parts.rank();
                    return parts;
                });
        assertWrong(
                "not behind a commit",
                parts -> {
                    parts.reveals.replaceAll(reveal ->
                            reveal.statement().author().equals(ANN.peer())
                                    ? Buyer.of(1, Price.of(9_999), 3, Buyer.KNOWN).reveal(window)
                                    : reveal);
                    parts.rank();
                    return parts;
                });
        assertWrong(
                "not in order",
                parts -> {
                    parts.reveals.add(parts.reveals.getLast());
                    return parts;
                });
    }

    @Test
    void aRankingThatThePolicyAndTheSeedDoNotGiveIsFound() {
        assertWrong(
                "another ranking",
                parts -> {
                    parts.ranking = parts.ranking.reversed();
                    return parts;
                });
        assertWrong(
                "another ranking",
                parts -> {
                    var first = parts.ranking.getFirst();
                    parts.ranking.set(0, new Allotment(first.bidder(), first.lots() + 1));
                    return parts;
                });
        assertWrong(
                "another ranking",
                parts -> {
                    parts.ranking.removeLast();
                    return parts;
                });
    }

    @Test
    void aDenialOfWhatNobodyWonIsFound() {
        assertWrong(
                "a denial",
                parts -> {
                    parts.denials.add(new Denial(CAT.peer(), 3, Denial.Code.FUNDS_GONE));
                    return parts;
                });
        assertWrong(
                "a denial",
                parts -> {
                    parts.denials.add(new Denial(CAT.peer(), 1, Denial.Code.FUNDS_GONE));
                    parts.denials.add(new Denial(CAT.peer(), 1, Denial.Code.FUNDS_GONE));
                    return parts;
                });
        assertWrong(
                "a denial",
                parts -> {
                    parts.denials.add(new Denial(DAN.peer(), 1, Denial.Code.TERMS_INVALID));
                    return parts;
                });
    }

    @Test
    void aConfirmedCommitThatIsNotUnderTheRootIsFound() {
        var without =
                signed(parts -> {
                    parts.leaves.removeIf(leaf -> leaf.bidder().equals(BEN.peer()));
                    parts.reveals.removeIf(
                            reveal -> reveal.statement().author().equals(BEN.peer()));
                    parts.signRoot();
                    parts.rank();
                    return parts;
                });
        assertThat(WindowAudit.faults(without, Holdings.NONE)).isEmpty();
        var mine =
                receipts().receipts().stream()
                        .filter(receipt -> receipt.statement().leaf().bidder().equals(BEN.peer()))
                        .toList();
        var faults =
                WindowAudit.faults(without, new Holdings(mine, List.of(), List.of(), List.of()));
        assertThat(faults).containsExactly(new WindowFault.NotUnderRoot(mine.getFirst(), without));
        // Who holds the receipt with the highest number needs no result for it.
        var last = receipts().receipts().getLast();
        var tooShort = new WindowFault.ShortRoot(last, without.result().root());
        assertThat(WindowAudit.faults(without, receipts())).contains(tooShort);
        assertThat(tooShort.fact()).isEqualTo(faults.getFirst().fact());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WindowFault.ShortRoot(last, honest.result().root()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WindowFault.NotUnderRoot(mine.getFirst(), honest));
    }

    @Test
    void aSecondThoughtAboutABidderIsFound() {
        var demoted =
                signed(parts -> {
                    parts.leaves.replaceAll(leaf ->
                            leaf.bidder().equals(BEN.peer())
                                    ? new Leaf(
                                            leaf.commit(), leaf.bidder(), new Standing(0, true, 0))
                                    : leaf);
                    parts.reveals.removeIf(
                            reveal -> reveal.statement().author().equals(BEN.peer()));
                    parts.signRoot();
                    parts.rank();
                    return parts;
                });
        assertThat(WindowAudit.faults(demoted, receipts()))
                .extracting(WindowFault::name)
                .contains("not-under-root", "ignored-reveal", "two-roots");
    }

    @Test
    void aConfirmedBidThatIsLeftOutIsFound() {
        var without =
                signed(parts -> {
                    parts.reveals.removeIf(
                            reveal -> reveal.statement().author().equals(CAT.peer()));
                    parts.rank();
                    return parts;
                });
        assertThat(WindowAudit.faults(without, Holdings.NONE)).isEmpty();
        var faults = WindowAudit.faults(without, receipts());
        assertThat(faults)
                .extracting(WindowFault::name)
                .containsExactly("ignored-reveal", "two-results");
        var receipt = ((WindowFault.IgnoredReveal) faults.getFirst()).receipt();
        assertThat(receipt.statement().bidder()).isEqualTo(CAT.peer());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WindowFault.IgnoredReveal(receipt, honest));
    }

    @Test
    void twoRootsAndTwoResultsAreFound() {
        var other =
                signed(parts -> {
                    parts.leaves.removeIf(leaf -> leaf.bidder().equals(BEN.peer()));
                    parts.reveals.removeIf(
                            reveal -> reveal.statement().author().equals(BEN.peer()));
                    parts.signRoot();
                    parts.rank();
                    return parts;
                });
        var held =
                new Holdings(
                        List.of(),
                        List.of(),
                        List.of(honest.result().root()),
                        List.of(honest.notice()));
        assertThat(WindowAudit.faults(other, held))
                .containsExactly(
                        new WindowFault.TwoRoots(other.result().root(), honest.result().root()),
                        new WindowFault.TwoResults(other.notice(), honest.notice()));
        var root = honest.result().root();
        assertThatIllegalArgumentException().isThrownBy(() -> new WindowFault.TwoRoots(root, root));
    }

    @Test
    void whatIsOfAnotherWindowOrSellerProvesNothing() {
        var other = new SellerRun(2);
        other.sell(ANN, DAN);
        var foreign =
                new Holdings(
                        List.of(
                                other.last(Action.Receipted.class).receipt(),
                                forged(Agents.keys(77), DAN)),
                        List.of(other.last(Action.RevealReceipted.class).receipt()),
                        List.of(other.last(Action.PublishRoot.class).root()),
                        List.of(other.last(Action.PublishResult.class).result().notice()));
        assertThat(WindowAudit.faults(honest, foreign)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> new WindowFault.NotUnderRoot(forged(Agents.keys(77), DAN), honest));
    }

    /// A receipt of this window that somebody else signed.
    private Signed<Receipt> forged(KeyPair by, Buyer bidder) {
        return Form.RECEIPT.seal(new Receipt(by.peerId(), window, bidder.leaf(window), 9), by);
    }

    @Test
    void anotherBlockThanTheChainsFirstIsFoundByWhoKnowsTheChain() {
        var beacon = honest.result().beacon();
        assertThat(WindowAudit.beaconFault(honest, beacon)).isEmpty();
        var earlier =
                new Beacon(beacon.chain(), beacon.height() - 1, Buyer.nonce(1), beacon.time());
        assertThat(WindowAudit.beaconFault(honest, earlier))
                .contains(new WindowFault.WrongBeacon(honest, earlier));
        var later = new Beacon(beacon.chain(), beacon.height() + 1, Buyer.nonce(1), beacon.time());
        assertThat(WindowAudit.beaconFault(honest, later)).isEmpty();
        var before = beacon.time().minusSeconds(60);
        var tooEarly = new Beacon(beacon.chain(), beacon.height() - 1, Buyer.nonce(1), before);
        assertThat(WindowAudit.beaconFault(honest, tooEarly)).isEmpty();
        var elsewhere = new Beacon(beacon.chain(), beacon.height(), Buyer.nonce(1), before);
        assertThat(WindowAudit.beaconFault(honest, elsewhere))
                .contains(new WindowFault.WrongBeacon(honest, elsewhere));
        var otherChain = new Beacon("another", beacon.height(), Buyer.nonce(1), before);
        assertThat(WindowAudit.beaconFault(honest, otherChain)).isEmpty();
        var atAnotherTime = new Beacon(beacon.chain(), beacon.height(), beacon.hash(), before);
        assertThat(WindowAudit.beaconFault(honest, atAnotherTime))
                .contains(new WindowFault.WrongBeacon(honest, atAnotherTime));
    }

    @Test
    void aDeedIsOneFactWhoeverProvesIt() {
        var facts = new ArrayList<Bytes>();
        facts.add(new WindowFault.WrongResult(signed(ResultParts::withoutRanks)).fact());
        facts.add(new WindowFault.WrongBeacon(honest, otherBeacon()).fact());
        assertThat(facts).doesNotHaveDuplicates();
        assertThat(new WindowFault.WrongResult(signed(ResultParts::withoutRanks)).fact())
                .isEqualTo(facts.getFirst());
    }

    private Beacon otherBeacon() {
        var beacon = honest.result().beacon();
        return new Beacon(beacon.chain(), beacon.height(), Buyer.nonce(5), beacon.time());
    }
}
