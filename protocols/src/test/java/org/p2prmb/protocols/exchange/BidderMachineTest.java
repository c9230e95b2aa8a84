package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.exchange.BidderMachine.Action;
import org.p2prmb.protocols.exchange.BidderMachine.Event;
import org.p2prmb.protocols.exchange.BidderMachine.Outcome;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The buyer's machine against the seller's, and against sellers that cheat.
final class BidderMachineTest {
    private static final KeyPair KEYS = Agents.keys(1);
    private static final Duration GRACE = Bidding.ROOT_GRACE;

    private final SellerRun seller = new SellerRun(1);
    private final BidderMachine bidder = newBidder();
    private final List<Action> seen = new ArrayList<>();

    private static BidderMachine newBidder() {
        return new BidderMachine(
                KEYS, BidderMachine.Settings.defaults(), new SplittableRandom(9), Signatures.REAL);
    }

    private List<Action> on(Instant at, Event event) {
        var actions = bidder.on(at, event);
        seen.addAll(actions);
        return actions;
    }

    private <T extends Action> T last(Class<T> kind) {
        return seen.stream().filter(kind::isInstance).map(kind::cast).toList().getLast();
    }

    private Signed<Commit> bid() {
        on(SellerRun.START, new Event.Bid(seller.open(), Buyer.FLOOR, 1, 0));
        return last(Action.SendCommit.class).commit();
    }

    /// The bid is committed and confirmed.
    private Signed<Receipt> hold() {
        var commit = bid();
        seller.on(SellerRun.START, new WindowMachine.Event.Committed(1, commit, Buyer.KNOWN));
        var receipt = seller.last(WindowMachine.Action.Receipted.class).receipt();
        on(SellerRun.START, new Event.Receipted(receipt));
        return receipt;
    }

    private WindowMachine.Action.Prove proof() {
        return seller.all(WindowMachine.Action.Prove.class).stream()
                .filter(proof -> proof.to().equals(KEYS.peerId()))
                .findFirst()
                .orElseThrow();
    }

    private List<Action> show(Instant at) {
        var proof = proof();
        return on(at, new Event.Proven(proof.root(), proof.path()));
    }

    private PublishedResult toTheResult() {
        hold();
        seller.close();
        show(seller.terms().rootBy());
        var reveal = last(Action.SendReveal.class).reveal();
        seller.on(seller.terms().rootBy(), new WindowMachine.Event.Revealed(1, reveal));
        var receipt = seller.last(WindowMachine.Action.RevealReceipted.class).receipt();
        on(seller.terms().rootBy(), new Event.RevealReceipted(receipt));
        return seller.finish();
    }

    private List<Action> fetch(PublishedResult result) {
        on(seller.terms().beaconFrom(), new Event.ResultHeard(result.notice()));
        assertThat(last(Action.Fetch.class).notice()).isEqualTo(result.notice());
        return on(seller.terms().beaconFrom(), new Event.Fetched(result));
    }

    private static Action voided(Bytes window, VoidReason why) {
        return new Action.Ended(window, new Outcome.Voided(why));
    }

    @Test
    void aBuyerThatIsAloneWins() {
        var result = toTheResult();
        var outcome = ((Action.Ended) fetch(result).getLast()).outcome();
        assertThat(outcome).isInstanceOf(Outcome.Won.class);
        assertThat(((Outcome.Won) outcome).lots()).isEqualTo(1);
        assertThat(((Outcome.Won) outcome).denied()).isZero();
        assertThat(bidder.nextTick()).isEqualTo(Instant.MAX);
    }

    @Test
    void aBuyerWithLessThanAnotherLosesAndADeniedOneKnowsIt() {
        seller.commit(SellerRun.START, Buyer.of(2, Price.of(1_001), 1, Buyer.KNOWN));
        hold();
        seller.close();
        show(seller.terms().rootBy());
        var reveal = last(Action.SendReveal.class).reveal();
        seller.on(seller.terms().rootBy(), new WindowMachine.Event.Revealed(1, reveal));
        seller.reveal(seller.terms().rootBy(), Buyer.of(2, Price.of(1_001), 1, Buyer.KNOWN));
        assertThat(fetch(seller.finish()))
                .containsExactly(new Action.Ended(seller.window(), new Outcome.Lost()));
    }

    @Test
    void whatTheSellerKeepsOfTheLotsIsPartOfTheOutcome() {
        hold();
        seller.close();
        show(seller.terms().rootBy());
        var reveal = last(Action.SendReveal.class).reveal();
        seller.on(seller.terms().rootBy(), new WindowMachine.Event.Revealed(1, reveal));
        var denial = new Denial(KEYS.peerId(), 1, Denial.Code.CHAIN_UNHEALTHY);
        var outcome = ((Action.Ended) fetch(seller.finish(denial)).getLast()).outcome();
        assertThat(((Outcome.Won) outcome).denied()).isEqualTo(1);
    }

    @Test
    void noBidIsShownWithoutAPathToItsCommit() {
        hold();
        seller.commit(SellerRun.START, Buyer.of(2));
        var root = seller.close();
        assertThat(on(seller.terms().closesAt(), new Event.RootHeard(root))).isEmpty();
        var wrong = new MerklePath(0, 2, List.of(Buyer.nonce(8)));
        assertThat(on(seller.terms().closesAt(), new Event.Proven(root, wrong)))
                .containsExactly(voided(seller.window(), VoidReason.WRONG_ROOT));
    }

    @Test
    void noBidIsShownToASellerWhoseRootIsLate() {
        hold();
        seller.close();
        var until = seller.terms().rootBy().plus(GRACE);
        assertThat(show(until)).containsExactly(voided(seller.window(), VoidReason.NO_ROOT));
        assertThat(seen.stream().filter(Action.SendReveal.class::isInstance)).isEmpty();
    }

    @Test
    void theLastRootThatIsInTimeIsTwoSecondsBeforeTheBeacon() {
        hold();
        seller.close();
        var last = seller.terms().rootBy().plus(GRACE).minusMillis(1);
        assertThat(show(last).getLast()).isInstanceOf(Action.SendReveal.class);
        assertThat(seller.terms().beaconFrom()).isAfter(last.plusSeconds(2));
    }

    @Test
    void noBidIsShownOnceTheBeaconIsKnown() {
        hold();
        seller.close();
        var block = SellerRun.beacon(seller.terms(), 1);
        assertThat(on(seller.terms().rootBy(), new Event.Block(block)))
                .containsExactly(voided(seller.window(), VoidReason.BEACON_KNOWN));
        assertThat(show(seller.terms().rootBy())).isEmpty();
    }

    @Test
    void aRootOverFewerCommitsThanWereConfirmedIsProvenAtOnce() {
        seller.commit(SellerRun.START, Buyer.of(2));
        var receipt = hold();
        var leaf = receipt.statement().leaf();
        var tree = new MerkleTree(List.of(leaf));
        var root =
                Form.ROOT.seal(
                        new WindowRoot(SellerRun.SELLER.peerId(), seller.window(), tree.root(), 1),
                        SellerRun.SELLER);
        assertThat(on(seller.terms().rootBy(), new Event.Proven(root, tree.path(0))))
                .containsExactly(
                        new Action.Accuse(new WindowFault.ShortRoot(receipt, root)),
                        voided(seller.window(), VoidReason.FAULTY));
    }

    @Test
    void aSecondRootIsProvenAtOnce() {
        hold();
        var root = seller.close();
        on(seller.terms().closesAt(), new Event.RootHeard(root));
        assertThat(on(seller.terms().closesAt(), new Event.RootHeard(root))).isEmpty();
        var said = root.statement();
        var second =
                Form.ROOT.seal(
                        new WindowRoot(said.seller(), said.window(), Buyer.nonce(3), 1),
                        SellerRun.SELLER);
        assertThat(on(seller.terms().closesAt(), new Event.RootHeard(second)))
                .containsExactly(
                        new Action.Accuse(new WindowFault.TwoRoots(root, second)),
                        voided(seller.window(), VoidReason.FAULTY));
    }

    @Test
    void aResultWithoutOurConfirmedBidIsProven() {
        var result = toTheResult().result();
        var without =
                new WindowResult(
                        result.open(),
                        result.root(),
                        result.leaves(),
                        result.nonce(),
                        result.beacon(),
                        List.of(),
                        List.of(),
                        List.of());
        var published = PublishedResult.seal(without, SellerRun.SELLER, Signatures.REAL);
        var actions = fetch(published);
        assertThat(((Action.Accuse) actions.getFirst()).fault().name()).isEqualTo("ignored-reveal");
        assertThat(actions.getLast()).isEqualTo(voided(seller.window(), VoidReason.FAULTY));
    }

    @Test
    void aResultWithoutOurBidThatWasNotConfirmedIsNoProof() {
        hold();
        seller.close();
        show(seller.terms().rootBy());
        assertThat(fetch(seller.finish()))
                .containsExactly(voided(seller.window(), VoidReason.UNHEARD));
    }

    @Test
    void aSecondResultIsProven() {
        var result = toTheResult();
        on(seller.terms().beaconFrom(), new Event.ResultHeard(result.notice()));
        var other =
                new ResultNotice(SellerRun.SELLER.peerId(), seller.window(), Buyer.nonce(6), 100);
        var second = Form.RESULT.seal(other, SellerRun.SELLER);
        assertThat(on(seller.terms().beaconFrom(), new Event.ResultHeard(second)))
                .containsExactly(
                        new Action.Accuse(new WindowFault.TwoResults(result.notice(), second)),
                        voided(seller.window(), VoidReason.FAULTY));
    }

    @Test
    void statementsOfOthersChangeNothing() {
        hold();
        seller.close();
        var stranger = Agents.keys(66);
        var forged =
                Form.ROOT.seal(
                        new WindowRoot(stranger.peerId(), seller.window(), Buyer.nonce(3), 1),
                        stranger);
        assertThat(on(seller.terms().rootBy(), new Event.RootHeard(forged))).isEmpty();
        var notice = new ResultNotice(stranger.peerId(), seller.window(), Buyer.nonce(6), 100);
        assertThat(
                        on(
                                seller.terms().rootBy(),
                                new Event.ResultHeard(Form.RESULT.seal(notice, stranger))))
                .isEmpty();
        var refusal = new Event.Refused(stranger.peerId(), seller.window(), Refusal.FULL);
        assertThat(on(seller.terms().rootBy(), refusal)).isEmpty();
        assertThat(show(seller.terms().rootBy()).getLast()).isInstanceOf(Action.SendReveal.class);
    }

    @Test
    void aCommitIsSentAgainUntilItIsConfirmedAndThenGivenUp() {
        var commit = bid();
        int sent = 1;
        var now = SellerRun.START;
        while (bidder.nextTick().isBefore(Instant.MAX)) {
            now = bidder.nextTick();
            var actions = bidder.tick(now);
            seen.addAll(actions);
            for (var action : actions) {
                if (action instanceof Action.SendCommit(_, var again)) {
                    assertThat(again).isEqualTo(commit);
                    sent++;
                }
            }
        }
        assertThat(sent).isEqualTo(10);
        assertThat(now).isEqualTo(seller.terms().rootBy().plus(GRACE));
        assertThat(seen.getLast()).isEqualTo(voided(seller.window(), VoidReason.NO_RECEIPT));
    }

    @Test
    void theProofIsAskedForOnceItIsDueAndABidIsShownAgainUntilItIsConfirmed() {
        hold();
        assertThat(bidder.nextTick()).isEqualTo(seller.terms().rootBy());
        assertThat(bidder.tick(seller.terms().rootBy()))
                .containsExactly(new Action.AskProof(SellerRun.SELLER.peerId(), seller.window()));
        seller.close();
        show(seller.terms().rootBy());
        var again = bidder.tick(bidder.nextTick());
        assertThat(again).containsExactly(last(Action.SendReveal.class));
        while (bidder.nextTick().isBefore(seller.terms().revealBy())) {
            bidder.tick(bidder.nextTick());
        }
        bidder.tick(bidder.nextTick());
        var until = seller.terms().revealBy().plus(Duration.ofMinutes(125));
        assertThat(bidder.nextTick()).isEqualTo(until);
        assertThat(bidder.tick(until))
                .containsExactly(voided(seller.window(), VoidReason.NO_RESULT));
    }

    @Test
    void aWindowThatDoesNotFitIsNotBidIn() {
        var none = voided(seller.window(), VoidReason.REFUSED);
        assertThat(on(SellerRun.START, new Event.Bid(seller.open(), Price.of(999), 1, 0)))
                .containsExactly(none);
        assertThat(on(seller.terms().closesAt(), new Event.Bid(seller.open(), Buyer.FLOOR, 1, 0)))
                .containsExactly(none);
        bid();
        assertThat(on(SellerRun.START, new Event.Bid(seller.open(), Buyer.FLOOR, 1, 0))).isEmpty();
        var refusal = new Event.Refused(SellerRun.SELLER.peerId(), seller.window(), Refusal.FULL);
        assertThat(on(SellerRun.START, refusal)).containsExactly(none);
    }

    @Test
    void noMoreWindowsAreBidInThanTheSettingsAllow() {
        var one =
                new BidderMachine(
                        KEYS,
                        BidderMachine.Settings.defaults().withWindowsMax(1),
                        new SplittableRandom(1),
                        Signatures.REAL);
        one.on(SellerRun.START, new Event.Bid(seller.open(), Buyer.FLOOR, 1, 0));
        var other = new SellerRun(2);
        assertThat(one.on(SellerRun.START, new Event.Bid(other.open(), Buyer.FLOOR, 1, 0)))
                .containsExactly(voided(other.window(), VoidReason.REFUSED));
    }
}
