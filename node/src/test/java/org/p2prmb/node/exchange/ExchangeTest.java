package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.node.exchange.Surroundings.Opinion;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.swap.Outcome;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Windows between exchanges on real hosts. A window takes its time, so all tests run at once.
@Execution(ExecutionMode.CONCURRENT)
final class ExchangeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir private Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private Trader trader() throws IOException {
        var keys = KeyPair.generate(RANDOM);
        var data = Files.createDirectories(directory.resolve(keys.peerId().toString()));
        return opened(Trader.start(keys, data));
    }

    private Trader opened(Trader trader) {
        open.push(trader);
        return trader;
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /// The one bid of this purchase gets into this state.
    private static void isOnce(Trader trader, String purchase, State state) {
        Eventually.holds(
                PATIENCE,
                "a bid that is " + state,
                () -> {
                    var attempts = trader.attempts(purchase);
                    return attempts.size() == 1 && attempts.getFirst().state() == state;
                });
    }

    @Test
    void aWindowHasOneWinnerWhoGetsAContract() throws IOException {
        var seller = trader();
        var buyer = trader();
        var other = trader();
        buyer.connect(seller);
        other.connect(seller);
        var offer = seller.sell(1, false);
        var purchase = buyer.buy(1, 4_200);
        var cheaper = other.buy(1, 4_100);
        isOnce(buyer, purchase, State.CONTRACTED);
        isOnce(other, cheaper, State.LOST);
        assertThat(buyer.attempts(purchase).getFirst().lots()).isEqualTo(1);
        assertThat(seller.left(offer)).isZero();
        var terms = seller.settlement().swaps().iterator().next().deal().terms();
        var expected = buyer.settlement().expected().getFirst();
        assertThat(terms.window()).isEqualTo(expected.window());
        assertThat(terms.a().amount()).isEqualTo(expected.amountA());
        assertThat(terms.b().amount()).isEqualTo(expected.amountB()).isEqualTo(4_200);
        assertThat(buyer.accusations()).isEmpty();
        assertThat(other.accusations()).isEmpty();
    }

    @Test
    void whoSharesNoTopicFindsTheSellerBySearchAndLotsComeBackWhenTheSwapFails()
            throws IOException {
        var seller = trader();
        var buyer = trader();
        var offer = seller.sell(3, false);
        Eventually.holds("the offer on the shelf", () -> !seller.shown().isEmpty());
        assertThat(seller.shown())
                .containsExactly(Shelf.offering(Trader.BTC, Trader.TFT, Optional.empty()));
        buyer.finds(seller);
        var purchase = buyer.buy(2, 4_000);
        isOnce(buyer, purchase, State.CONTRACTED);
        assertThat(buyer.attempts(purchase).getFirst().lots()).isEqualTo(2);
        assertThat(seller.left(offer)).isEqualTo(1);
        seller.settlement().end(Outcome.REFUNDED);
        Eventually.holds("the lots are back", () -> seller.left(offer) == 3);
    }

    @Test
    void whatIsSoldStaysSoldAfterARestart() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        var offer = seller.sell(3, false);
        var purchase = buyer.buy(1, 4_000);
        isOnce(buyer, purchase, State.CONTRACTED);
        seller.close();
        open.remove(seller);
        var again = opened(seller.again());
        assertThat(again.left(offer)).isEqualTo(2);
        again.settlement().end(Outcome.SETTLED);
        Eventually.holds("the lot is gone", () -> again.offer(offer).settled() == 1);
        assertThat(again.left(offer)).isEqualTo(2);
    }

    @Test
    void aRestartInTheMiddleOfAWindowVoidsItAndLosesNothing() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        var offer = seller.sell(1, false);
        var purchase = buyer.buy(1, 4_000);
        Eventually.holds("a bid", () -> !buyer.attempts(purchase).isEmpty());
        seller.close();
        open.remove(seller);
        var again = opened(seller.again());
        isOnce(buyer, purchase, State.VOID);
        assertThat(buyer.accusations()).isEmpty();
        assertThat(again.left(offer)).isEqualTo(1);
        assertThat(again.settlement().swaps()).isEmpty();
        // And the lot is sold in the next window.
        buyer.connect(again);
        Eventually.holds(
                PATIENCE,
                "a contract from the second window",
                () ->
                        buyer.attempts(purchase).stream()
                                .anyMatch(bid -> bid.state() == State.CONTRACTED));
    }

    @Test
    void theOwnerIsAskedAndMayDeny() throws IOException, InterruptedException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        var offer = seller.sell(1, true);
        var purchase = buyer.buy(1, 4_000);
        var decisions = seller.exchange().selling().decisions();
        Eventually.holds(PATIENCE, "a question", () -> decisions.pending().size() == 1);
        var asked = decisions.pending().getFirst();
        assertThat(asked.winners().getFirst().bidder()).isEqualTo(buyer.peer());
        assertThat(asked.denials()).isEmpty();
        var reason = Optional.of(Denial.Code.OWNER_DECLINED);
        assertThat(seller.exchange().selling().decided(asked.window(), reason)).isTrue();
        assertThat(seller.exchange().selling().decided(asked.window(), reason)).isFalse();
        isOnce(buyer, purchase, State.DENIED);
        assertThat(seller.left(offer)).isEqualTo(1);
        // It is known for that, also after a restart.
        var known = Shelf.offering(Trader.BTC, Trader.TFT, Optional.of(100));
        Eventually.holds("what it kept, on the shelf", () -> seller.shown().contains(known));
        buyer.finds(seller);
        assertThat(offers(buyer, "BTC/TFT", 0).path(0).path("denied").asInt()).isEqualTo(100);
        seller.close();
        open.remove(seller);
        var again = opened(seller.again());
        Eventually.holds("what it kept, again", () -> again.shown().contains(known));
    }

    /// As `rmb offers` asks for them.
    private static JsonNode offers(Trader trader, String pair, int mine)
            throws InterruptedException {
        var asked = JsonNodeFactory.instance.objectNode().put("pair", pair).put("mine", mine);
        try {
            return new OwnersDesk(trader.exchange()).offers(new Arguments(asked)).path("offers");
        } catch (CommandException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void ownOffersAreThoseOfThePair() throws IOException, InterruptedException {
        var seller = trader();
        var offer = seller.sell(1, false);
        assertThat(offers(seller, "BTC/TFT", 1).findValuesAsText("offer"))
                .containsExactly(offer.id().toHex());
        assertThat(offers(seller, "TFT/BTC", 1)).hasSize(1);
        assertThat(offers(seller, "TFT/TFT", 1)).isEmpty();
    }

    @Test
    void whatCannotBeHadIsDenied() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        seller.settlement().free(BigInteger.valueOf(999_999));
        var offer = seller.sell(2, false);
        var purchase = buyer.buy(2, 4_000);
        isOnce(buyer, purchase, State.DENIED);
        assertThat(seller.left(offer)).isEqualTo(2);
    }

    /// Room for three lots at the floor, and for two at the price that is bid.
    @Test
    void noWindowSellsMoreThanTheSellerIsToHold() throws IOException {
        var seller = trader();
        var buyer = trader();
        var full = trader();
        buyer.connect(seller);
        buyer.connect(full);
        seller.settlement().room(Trader.TFT, BigInteger.valueOf(12_000));
        full.settlement().room(Trader.TFT, BigInteger.valueOf(3_999));
        var offer = seller.sell(9, false);
        var none = full.sell(9, false);
        var purchase = buyer.buy(9, 5_000);
        isOnce(buyer, purchase, State.CONTRACTED);
        var attempt = buyer.attempts(purchase).getFirst();
        assertThat(attempt.seller()).isEqualTo(seller.peer());
        assertThat(attempt.open().statement().lots()).isEqualTo(3);
        assertThat(attempt.lots()).isEqualTo(2);
        assertThat(seller.left(offer)).isEqualTo(7);
        assertThat(full.left(none)).isEqualTo(9);
    }

    /// R34: lots are of 1000 USD here.
    @Test
    void neitherSideGoesBeyondWhatMayBeInFlightWithAllTogether() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        seller.settlement().centsLeft(399_999);
        buyer.settlement().centsLeft(299_999);
        var offer = seller.sell(9, false);
        var purchase = buyer.buy(9, 4_000);
        isOnce(buyer, purchase, State.CONTRACTED);
        var attempt = buyer.attempts(purchase).getFirst();
        assertThat(attempt.open().statement().lots()).isEqualTo(3);
        assertThat(attempt.lots()).isEqualTo(2);
        assertThat(seller.left(offer)).isEqualTo(7);
    }

    @Test
    void nobodyBidsForMoreThanItIsToHold() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.settlement().room(Trader.BTC, BigInteger.valueOf(2_999_999));
        buyer.connect(seller);
        var _ = seller.sell(9, false);
        var purchase = buyer.buy(9, 4_000);
        isOnce(buyer, purchase, State.CONTRACTED);
        assertThat(buyer.attempts(purchase).getFirst().lots()).isEqualTo(2);
    }

    @Test
    void aBuyerBidsForNoMoreThanItsFundsAndItsTrustAllow() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.thinks(seller, new Opinion(0.5, 250_000, false));
        buyer.connect(seller);
        var _ = seller.sell(9, false);
        var trusting = buyer.buy(9, 4_000);
        isOnce(buyer, trusting, State.CONTRACTED);
        assertThat(buyer.attempts(trusting).getFirst().lots()).isEqualTo(2);
        var doubting = trader();
        doubting.thinks(seller, new Opinion(0.29, 250_000, false));
        var poor = trader();
        poor.settlement().free(BigInteger.valueOf(3_999));
        doubting.connect(seller);
        poor.connect(seller);
        var doubted = doubting.buy(1, 4_000);
        var unpaid = poor.buy(1, 4_000);
        var cheap = buyer.buy(1, 3_999);
        var other = trader();
        other.connect(seller);
        isOnce(other, other.buy(1, 4_000), State.CONTRACTED);
        assertThat(doubting.attempts(doubted)).isEmpty();
        assertThat(poor.attempts(unpaid)).isEmpty();
        assertThat(buyer.attempts(cheap)).isEmpty();
    }

    @Test
    void aWinnerAsksAgainUntilItsContractCanBeMade() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        seller.settlement().refuse(Optional.of("two locks wait for the other side's"));
        var offer = seller.sell(1, false);
        var purchase = buyer.buy(1, 4_000);
        isOnce(buyer, purchase, State.WON);
        Eventually.holds(
                "the reason is told",
                () -> buyer.attempts(purchase).getFirst().note().contains("two locks wait"));
        assertThat(seller.left(offer)).isZero();
        seller.settlement().refuse(Optional.empty());
        isOnce(buyer, purchase, State.CONTRACTED);
    }

    @Test
    void aWinnerGetsItsContractFromASellerThatWasRestartedMeanwhile() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        seller.settlement().refuse(Optional.of("two locks wait for the other side's"));
        var offer = seller.sell(1, false);
        var purchase = buyer.buy(1, 4_000);
        isOnce(buyer, purchase, State.WON);
        seller.close();
        open.remove(seller);
        var again = opened(seller.again());
        assertThat(again.left(offer)).isZero();
        again.settlement().refuse(Optional.empty());
        buyer.connect(again);
        isOnce(buyer, purchase, State.CONTRACTED);
    }

    @Test
    void twoWindowsThatDecideAtOnceDoNotPromiseTheSameCoins() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        seller.settlement().free(BigInteger.valueOf(1_000_000));
        var _ = seller.sell(1, true);
        var _ = seller.sell(1, true);
        var _ = buyer.buy(2, 4_000);
        var decisions = seller.exchange().selling().decisions();
        Eventually.holds(PATIENCE, "two questions", () -> decisions.pending().size() == 2);
        assertThat(decisions.pending())
                .extracting(decision -> decision.denials().size())
                .containsExactlyInAnyOrder(0, 1);
        // What comes of the first, the second has no part in; then the coins are there again.
        var first = decisions.pending().getFirst().window();
        var declined = Optional.of(Denial.Code.OWNER_DECLINED);
        assertThat(decides(seller, first, declined)).isTrue();
        assertThat(decides(seller, decisions.pending().getFirst().window(), declined)).isTrue();
        Eventually.holds(
                PATIENCE,
                "a window that promises them",
                () ->
                        decisions.pending().stream()
                                .anyMatch(decision -> decision.denials().isEmpty()));
    }

    private static boolean decides(Trader seller, Bytes window, Optional<Denial.Code> denied) {
        try {
            return seller.exchange().selling().decided(window, denied);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCancelledOfferIsNotSoldAnyMore() throws IOException {
        var seller = trader();
        var buyer = trader();
        buyer.connect(seller);
        var offer = seller.sell(1, false);
        var purchase = buyer.buy(1, 4_000);
        Eventually.holds("a bid", () -> !buyer.attempts(purchase).isEmpty());
        seller.exchange().book().cancel(offer.id());
        isOnce(buyer, purchase, State.DENIED);
        assertThat(seller.left(offer)).isZero();
        assertThat(seller.offer(offer).isOver(offer.offer().created())).isTrue();
    }
}
