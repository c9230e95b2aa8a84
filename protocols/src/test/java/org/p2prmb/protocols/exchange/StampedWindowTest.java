package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.BidderMachine.Outcome;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.exchange.WindowMachine.Event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/// Bidders whose stamps are looked at while a window is open lose nothing by how long that takes,
/// and gain nothing by it.
final class StampedWindowTest {
    private static final Buyer ANN = Buyer.of(1);
    private static final Buyer BEN = Buyer.of(2);
    private static final long STAMP = 0xFEDC_BA98_7654_3210L;

    private final SellerRun run = new SellerRun(1);
    private final Instant closesAt = run.terms().closesAt();

    private Action hold(Instant at, Buyer buyer) {
        var commit = buyer.commit(run.window());
        return run.on(at, new Event.Unchecked(1, commit, buyer.standing())).getFirst();
    }

    private List<Action> checked(Instant at, Buyer buyer, boolean right) {
        return run.on(at, new Event.Checked(buyer.peer(), right));
    }

    private static Action refused(Refusal why) {
        return new Action.Refused(1, why);
    }

    @Test
    void aCommitIsHeldUntilTheStampIsFoundRightAndHasItsReceiptWhenItComesAgain() {
        assertThat(hold(SellerRun.START, ANN)).isEqualTo(refused(Refusal.UNCHECKED));
        assertThat(hold(SellerRun.START, ANN)).isEqualTo(refused(Refusal.UNCHECKED));
        assertThat(checked(SellerRun.START, ANN, true)).isEmpty();
        assertThat(run.commit(closesAt, ANN)).isInstanceOf(Action.Receipted.class);
        assertThat(run.close().statement().count()).isEqualTo(1);
    }

    @Test
    void whoseStampIsWrongIsNotInTheWindow() {
        hold(SellerRun.START, ANN);
        checked(SellerRun.START, ANN, false);
        run.commit(SellerRun.START, BEN);
        assertThat(run.close().statement().count()).isEqualTo(1);
        assertThat(run.reveal(run.terms().rootBy(), ANN))
                .isEqualTo(new Action.Refused(2, Refusal.NO_COMMIT));
    }

    @Test
    void theRootWaitsForStampsOfCommitsThatCameInTime() {
        hold(closesAt.minusMillis(1), ANN);
        hold(closesAt.minusMillis(1), BEN);
        assertThat(run.tick(closesAt)).isEmpty();
        assertThat(run.machine().nextTick()).isEqualTo(closesAt.plus(SealedWindow.CHECK_GRACE));
        assertThat(checked(closesAt.plusMillis(300), ANN, true)).isEmpty();
        assertThat(run.commit(closesAt.plusMillis(400), ANN)).isInstanceOf(Action.Receipted.class);
        // With the last of them it waits no longer.
        assertThat(checked(closesAt.plusMillis(500), BEN, true).getFirst())
                .isInstanceOf(Action.PublishRoot.class);
        assertThat(run.last(Action.PublishRoot.class).root().statement().count()).isEqualTo(2);
        assertThat(run.commit(run.terms().rootBy(), BEN)).isInstanceOf(Action.Receipted.class);
    }

    @Test
    void theRootIsSignedInTimeWhateverIsNotLookedAt() {
        hold(SellerRun.START, ANN);
        run.commit(SellerRun.START, BEN);
        run.tick(closesAt.plus(SealedWindow.CHECK_GRACE));
        assertThat(run.last(Action.PublishRoot.class).root().statement().count()).isEqualTo(1);
        checked(closesAt.plusSeconds(2), ANN, true);
        assertThat(hold(closesAt.plusSeconds(2), ANN)).isEqualTo(refused(Refusal.LATE));
    }

    @Test
    void aCommitThatComesLateIsNotHeldAndASecondOneIsRefused() {
        hold(SellerRun.START, ANN);
        assertThat(hold(closesAt, BEN)).isEqualTo(refused(Refusal.LATE));
        assertThat(hold(SellerRun.START, Buyer.of(1, Price.of(2_000), 1, Buyer.KNOWN)))
                .isEqualTo(refused(Refusal.SECOND_COMMIT));
    }

    @Test
    void theOrderInWhichStampsAreLookedAtLeavesNoTrace() {
        var other = new SellerRun(1);
        for (var buyer : List.of(ANN, BEN)) {
            hold(SellerRun.START, buyer);
            var commit = buyer.commit(other.window());
            other.on(SellerRun.START, new Event.Unchecked(1, commit, buyer.standing()));
        }
        for (var buyer : List.of(ANN, BEN)) {
            checked(SellerRun.START, buyer, true);
        }
        for (var buyer : List.of(BEN, ANN)) {
            other.on(SellerRun.START, new Event.Checked(buyer.peer(), true));
        }
        assertThat(run.close()).isEqualTo(other.close());
    }

    private BidderMachine bidder() {
        return new BidderMachine(
                ANN.keys(),
                BidderMachine.Settings.defaults(),
                new SplittableRandom(9),
                Signatures.REAL);
    }

    private List<BidderMachine.Action> refuse(BidderMachine bidder, Instant at, Refusal why) {
        var said = new BidderMachine.Event.Refused(run.terms().seller(), run.window(), why);
        return bidder.on(at, said);
    }

    @Test
    void aBidderWhoseStampIsBeingLookedAtAsksUntilTheRootIsDue() {
        var bidder = bidder();
        var bid = new BidderMachine.Event.Bid(run.open(), Buyer.FLOOR, 1, STAMP);
        var sent = (BidderMachine.Action.SendCommit) bidder.on(SellerRun.START, bid).getFirst();
        assertThat(sent.commit().statement().stamp()).isEqualTo(STAMP);
        assertThat(refuse(bidder, SellerRun.START, Refusal.UNCHECKED)).isEmpty();
        assertThat(bidder.tick(closesAt.plusMillis(500))).containsExactly(sent);
        var until = run.terms().rootBy().plus(Bidding.ROOT_GRACE);
        assertThat(bidder.nextTick()).isEqualTo(closesAt.plusMillis(1_500));
        assertThat(bidder.tick(until))
                .containsExactly(
                        new BidderMachine.Action.Ended(
                                run.window(), new Outcome.Voided(VoidReason.NO_RECEIPT)));
    }

    @Test
    void aBidderWithoutAStampIsToldSo() {
        var bidder = bidder();
        bidder.on(SellerRun.START, new BidderMachine.Event.Bid(run.open(), Buyer.FLOOR, 1, 0));
        assertThat(refuse(bidder, SellerRun.START, Refusal.NO_STAMP))
                .containsExactly(
                        new BidderMachine.Action.Ended(
                                run.window(), new Outcome.Voided(VoidReason.NO_STAMP)));
        assertThat(bidder.nextTick().isAfter(SellerRun.START.plus(Duration.ofDays(365)))).isTrue();
    }

    @Test
    void theStampTravelsWithTheCommit() throws ProtocolException {
        var commit = new Commit(ANN.peer(), run.window(), Bytes.wrap(new byte[32]), STAMP);
        var sealed = Form.COMMIT.seal(commit, ANN.keys());
        assertThat(Form.COMMIT.open(sealed.envelope()).statement()).isEqualTo(commit);
    }
}
