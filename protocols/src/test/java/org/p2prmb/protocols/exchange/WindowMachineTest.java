package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.exchange.WindowMachine.Event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

final class WindowMachineTest {
    private static final Buyer ANN = Buyer.of(1);
    private static final Buyer BEN = Buyer.of(2);

    private static Refusal refusal(Action action) {
        assertThat(action).isInstanceOf(Action.Refused.class);
        return ((Action.Refused) action).why();
    }

    @Test
    void aCommitIsConfirmedWithWhatTheSellerThinksOfTheBidder() {
        var run = new SellerRun(1);
        assertThat(run.commit(SellerRun.START, ANN)).isInstanceOf(Action.Receipted.class);
        var receipt = run.last(Action.Receipted.class).receipt().statement();
        assertThat(receipt.leaf()).isEqualTo(ANN.leaf(run.window()));
        assertThat(receipt.count()).isEqualTo(1);
        run.commit(SellerRun.START, BEN);
        assertThat(run.last(Action.Receipted.class).receipt().statement().count()).isEqualTo(2);
    }

    @Test
    void aCommitThatIsAMillisecondLateIsRefused() {
        var run = new SellerRun(1);
        var closesAt = run.terms().closesAt();
        assertThat(run.commit(closesAt.minusMillis(1), ANN)).isInstanceOf(Action.Receipted.class);
        assertThat(refusal(run.commit(closesAt, BEN))).isEqualTo(Refusal.LATE);
        assertThat(run.close().statement().count()).isEqualTo(1);
        assertThat(refusal(run.commit(closesAt.plusMillis(1), BEN))).isEqualTo(Refusal.LATE);
    }

    @Test
    void aRepeatedCommitHasTheSameReceiptAndASecondOneIsRefused() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        var first = run.last(Action.Receipted.class).receipt();
        run.commit(SellerRun.START, BEN);
        // The standing of the first time stays: the seller may not think again.
        var promoted = new Buyer(ANN.keys(), ANN.bid(), new Standing(10, false, 4));
        run.commit(run.after(Duration.ofSeconds(5)), promoted);
        assertThat(run.last(Action.Receipted.class).receipt()).isEqualTo(first);
        run.close();
        run.commit(run.terms().rootBy(), ANN);
        assertThat(run.last(Action.Receipted.class).receipt()).isEqualTo(first);

        var other = Buyer.of(1, Price.of(2_000), 1, Buyer.KNOWN);
        assertThat(refusal(run.commit(SellerRun.START, other))).isEqualTo(Refusal.SECOND_COMMIT);
    }

    @Test
    void whoCopiesAnothersCommitTakesNothingFromIt() {
        var run = new SellerRun(1);
        var copied = new Commit(BEN.peer(), run.window(), ANN.bid().commit(run.window()), 0);
        var copy = Form.COMMIT.seal(copied, BEN.keys());
        run.on(SellerRun.START, new Event.Committed(1, copy, Buyer.KNOWN));
        run.commit(SellerRun.START, ANN);
        run.close();
        assertThat(run.reveal(run.terms().rootBy(), ANN))
                .isInstanceOf(Action.RevealReceipted.class);
        var stolen = new Bid(BEN.peer(), ANN.bid().price(), 1, ANN.bid().nonce());
        var thief = new Buyer(BEN.keys(), stolen, Buyer.KNOWN);
        assertThat(refusal(run.reveal(run.terms().rootBy(), thief))).isEqualTo(Refusal.OTHER_BID);
        assertThat(run.finish().result().ranking()).containsExactly(new Allotment(ANN.peer(), 1));
    }

    @Test
    void aWindowTakes256CommitsAndOfNewcomersAQuarterOfThat() {
        var run = new SellerRun(1);
        for (int number = 0; number < 64; number++) {
            run.commit(SellerRun.START, Buyer.of(number, Buyer.FLOOR, 1, Buyer.NEWCOMER));
        }
        var late = Buyer.of(64, Buyer.FLOOR, 1, Buyer.NEWCOMER);
        assertThat(refusal(run.commit(SellerRun.START, late))).isEqualTo(Refusal.FULL);
        for (int number = 64; number < 256; number++) {
            assertThat(run.commit(SellerRun.START, Buyer.of(number)))
                    .isInstanceOf(Action.Receipted.class);
        }
        assertThat(refusal(run.commit(SellerRun.START, Buyer.of(256)))).isEqualTo(Refusal.FULL);
        assertThat(run.close().statement().count()).isEqualTo(256);
    }

    @Test
    void whomThePolicyDoesNotAdmitIsRefusedAtOnce() {
        var run = new SellerRun(1);
        var doubtful = Buyer.of(1, Buyer.FLOOR, 1, new Standing(2, false, 0));
        assertThat(refusal(run.commit(SellerRun.START, doubtful))).isEqualTo(Refusal.REPUTATION);
    }

    @Test
    void oneWindowOfAnOfferIsOpenAtATimeAndSixteenInAll() {
        var machine = SellerRun.newMachine();
        for (int number = 0; number < 16; number++) {
            assertThat(open(machine, number)).isInstanceOf(Action.Announce.class);
        }
        assertThat(open(machine, 3))
                .isEqualTo(new Action.NotOpened(Buyer.nonce(3), Refusal.OFFER_BUSY));
        assertThat(open(machine, 16))
                .isEqualTo(new Action.NotOpened(Buyer.nonce(16), Refusal.TOO_MANY_WINDOWS));
        assertThat(machine.nextTick()).isEqualTo(SellerRun.START.plusSeconds(10));
    }

    private static Action open(WindowMachine machine, int offer) {
        var event =
                new Event.Open(
                        Buyer.nonce(offer),
                        1,
                        SellerRun.POLICY,
                        SellerRun.CHAIN,
                        WindowSettings.LENGTH);
        return machine.on(SellerRun.START, event).getFirst();
    }

    @Test
    void aBidIsTakenOnlyBetweenTheRootAndTheEndOfTheReveal() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.commit(SellerRun.START, BEN);
        assertThat(refusal(run.reveal(SellerRun.START, ANN))).isEqualTo(Refusal.NOT_YET);
        run.close();
        var revealBy = run.terms().revealBy();
        assertThat(run.reveal(revealBy.minusMillis(1), ANN))
                .isInstanceOf(Action.RevealReceipted.class);
        assertThat(refusal(run.reveal(revealBy, BEN))).isEqualTo(Refusal.LATE);
        // The receipt of the bid that was in time is had again.
        assertThat(run.reveal(revealBy, ANN)).isInstanceOf(Action.RevealReceipted.class);
        var stranger = Buyer.of(3);
        assertThat(refusal(run.reveal(revealBy, stranger))).isEqualTo(Refusal.NO_COMMIT);
        assertThat(run.finish().result().reveals()).containsExactly(ANN.reveal(run.window()));
        assertThat(run.last(Action.Closed.class).silent()).containsExactly(BEN.peer());
    }

    @Test
    void everyBidderIsShownThePathToItsCommit() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.commit(SellerRun.START, BEN);
        run.commit(SellerRun.START, Buyer.of(3));
        var root = run.close().statement();
        assertThat(run.all(Action.Prove.class)).hasSize(3);
        run.on(run.terms().rootBy(), new Event.ProofAsked(BEN.peer(), run.window()));
        var proof = run.last(Action.Prove.class);
        assertThat(proof.to()).isEqualTo(BEN.peer());
        assertThat(proof.path().leads(BEN.leaf(run.window()), root.root())).isTrue();
        assertThat(
                        run.on(
                                run.terms().rootBy(),
                                new Event.ProofAsked(Buyer.of(9).peer(), run.window())))
                .isEmpty();
    }

    @Test
    void aSellerThatWakesUpTooLateSignsNoRoot() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.tick(run.terms().rootBy().plusMillis(1));
        assertThat(run.last(Action.Voided.class).why()).isEqualTo(VoidReason.NO_ROOT);
        assertThat(run.all(Action.PublishRoot.class)).isEmpty();
        assertThat(run.machine().nextTick()).isEqualTo(Instant.MAX);
    }

    @Test
    void theFirstBlockFromItsTimeOnIsTheBeacon() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.close();
        run.reveal(run.terms().rootBy(), ANN);
        var right = SellerRun.beacon(run.terms(), 1);
        var early = new Beacon(SellerRun.CHAIN, 99, Buyer.nonce(1), right.time().minusMillis(1));
        var other = new Beacon("otherchain", 99, Buyer.nonce(2), right.time());
        var later = SellerRun.beacon(run.terms(), 2);
        for (var block : List.of(early, other, right, later)) {
            run.block(run.terms().revealBy(), block);
        }
        run.on(run.terms().revealBy(), new Event.Decided(run.window(), List.of()));
        assertThat(run.last(Action.PublishResult.class).result().result().beacon())
                .isEqualTo(right);
    }

    @Test
    void aBeaconThatIsThereBeforeTheRootVoidsTheWindow() {
        var run = new SellerRun(1);
        run.block(SellerRun.START, SellerRun.beacon(run.terms(), 1));
        assertThat(run.last(Action.Voided.class).why()).isEqualTo(VoidReason.BEACON_KNOWN);
    }

    @Test
    void aChainWithoutBlocksVoidsTheWindow() {
        var run = new SellerRun(1);
        run.close();
        var until = run.terms().beaconFrom().plus(Duration.ofHours(2));
        assertThat(run.machine().nextTick()).isEqualTo(until);
        assertThat(run.tick(until.minusMillis(1))).isEmpty();
        run.tick(until);
        assertThat(run.last(Action.Voided.class).why()).isEqualTo(VoidReason.NO_BEACON);
    }

    @Test
    void noBidIsChosenBeforeAllHadTheTimeToShowTheirs() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.close();
        run.reveal(run.terms().rootBy(), ANN);
        var early = run.block(run.terms().rootBy(), SellerRun.beacon(run.terms(), 1));
        assertThat(early).isEmpty();
        assertThat(run.machine().nextTick()).isEqualTo(run.terms().revealBy());
        assertThat(run.tick(run.terms().revealBy()).getFirst()).isInstanceOf(Action.Decide.class);
    }

    @Test
    void lotsThatAreDeniedGoBackToTheOfferWithTheReason() {
        var run = new SellerRun(5);
        var ann = Buyer.of(1, Price.of(1_001), 3, Buyer.KNOWN);
        var cheap = Buyer.of(3, Price.of(1), 2, Buyer.KNOWN);
        for (var buyer : List.of(ann, BEN, cheap)) {
            run.commit(SellerRun.START, buyer);
        }
        run.close();
        for (var buyer : List.of(ann, BEN, cheap)) {
            run.reveal(run.terms().rootBy(), buyer);
        }
        var denial = new Denial(ann.peer(), 2, Denial.Code.FUNDS_GONE);
        var result = run.finish(denial).result();
        assertThat(run.last(Action.Decide.class).allotments())
                .containsExactly(new Allotment(ann.peer(), 3), new Allotment(BEN.peer(), 1));
        assertThat(result.denials())
                .containsExactlyInAnyOrder(
                        denial, new Denial(cheap.peer(), 2, Denial.Code.TERMS_INVALID));
        assertThat(run.all(Action.Accept.class))
                .containsExactly(
                        new Action.Accept(run.window(), SellerRun.OFFER, ann.bid(), 1),
                        new Action.Accept(run.window(), SellerRun.OFFER, BEN.bid(), 1));
        assertThat(run.last(Action.Closed.class))
                .isEqualTo(new Action.Closed(run.window(), SellerRun.OFFER, 3, List.of()));
        assertThat(open(run.machine(), 999)).isInstanceOf(Action.Announce.class);
    }

    @Test
    void aDenialOfMoreThanWasWonIsAMistakeOfOurs() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.close();
        run.reveal(run.terms().rootBy(), ANN);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> run.finish(new Denial(ANN.peer(), 2, Denial.Code.OWNER_DECLINED)));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> run.finish(new Denial(BEN.peer(), 1, Denial.Code.OWNER_DECLINED)));
    }

    @Test
    void anOwnerThatDoesNotDecideHasDeclined() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        run.close();
        run.reveal(run.terms().rootBy(), ANN);
        run.block(run.terms().revealBy(), SellerRun.beacon(run.terms(), 1));
        run.tick(run.terms().revealBy().plusSeconds(10));
        assertThat(run.last(Action.PublishResult.class).result().result().denials())
                .containsExactly(new Denial(ANN.peer(), 1, Denial.Code.OWNER_DECLINED));
        assertThat(run.last(Action.Closed.class).lotsBack()).isEqualTo(1);
    }

    @Test
    void aWindowWithoutBidsHasAResultToo() {
        var run = new SellerRun(2);
        var result = run.sell().result();
        assertThat(result.leaves()).isEmpty();
        assertThat(WindowAudit.flaw(result)).isEmpty();
        assertThat(run.last(Action.Closed.class).lotsBack()).isEqualTo(2);
    }

    @Test
    void aRestartedSellerKnowsNothingOfOldWindows() {
        var run = new SellerRun(1);
        run.commit(SellerRun.START, ANN);
        var restarted =
                new WindowMachine(
                        SellerRun.SELLER,
                        WindowSettings.defaults().withWindowsMax(1),
                        new SplittableRandom(4),
                        Signatures.REAL);
        var event = new Event.Committed(7, ANN.commit(run.window()), Buyer.KNOWN);
        assertThat(restarted.on(SellerRun.START, event))
                .containsExactly(new Action.Refused(7, Refusal.UNKNOWN_WINDOW));
        assertThat(restarted.on(SellerRun.START, new Event.Revealed(8, ANN.reveal(run.window()))))
                .containsExactly(new Action.Refused(8, Refusal.UNKNOWN_WINDOW));
        assertThat(restarted.nextTick()).isEqualTo(Instant.MAX);
        // Opened anew it is another window.
        open(restarted, 999);
        assertThat(restarted.on(SellerRun.START, event))
                .containsExactly(new Action.Refused(7, Refusal.UNKNOWN_WINDOW));
    }
}
