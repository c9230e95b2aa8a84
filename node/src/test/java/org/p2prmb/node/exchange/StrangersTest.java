package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.node.exchange.Surroundings.Opinion;
import org.p2prmb.protocols.reputation.Exposure;
import org.p2prmb.protocols.reputation.Terms;
import org.p2prmb.protocols.swap.Outcome;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A market begins: twenty that know nothing of each other (decision 15 of the swap). It waits for
/// windows most of its time, so it runs beside other tests.
@Execution(ExecutionMode.CONCURRENT)
final class StrangersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(150);
    private static final int SELLERS = 10;
    private static final int ALL = 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    /// What an empty store says of anybody (`ReputationTest` holds the limit).
    private static final Opinion STRANGER =
            new Opinion(
                    Terms.NEWCOMER.score(),
                    Exposure.defaults().limitCents(Terms.NEWCOMER.score(), false, 0),
                    true);

    @TempDir private Path directory;
    private final List<Trader> traders = new ArrayList<>();

    @AfterEach
    void close() {
        traders.forEach(Trader::close);
    }

    private void start() throws IOException {
        for (int trader = 0; trader < ALL; trader++) {
            var data = Files.createDirectory(directory.resolve(String.valueOf(trader)));
            traders.add(Trader.start(KeyPair.generate(RANDOM), data));
        }
        for (var trader : traders) {
            traders.forEach(other -> trader.thinks(other, STRANGER));
        }
    }

    @Test
    void allTradesThatFitAmongTwentyStrangersGetTheirContracts() throws IOException {
        start();
        var sellers = traders.subList(0, SELLERS);
        var buyers = traders.subList(SELLERS, ALL);
        for (var buyer : buyers) {
            for (var seller : sellers) {
                buyer.connect(seller);
            }
        }
        var offers = sellers.stream().map(seller -> seller.sell(1, false)).toList();
        // One offers less than anybody takes; nine want a lot, of ten that there are.
        var cheap = buyers.getFirst();
        var unmet = cheap.buy(1, 3_999);
        var purchases = new ArrayList<String>();
        for (var buyer : buyers.subList(1, SELLERS)) {
            purchases.add(buyer.buy(1, 4_000));
        }
        for (int buyer = 1; buyer < SELLERS; buyer++) {
            var who = buyers.get(buyer);
            var purchase = purchases.get(buyer - 1);
            Eventually.holds(
                    PATIENCE,
                    "a contract for buyer " + buyer,
                    () ->
                            who.attempts(purchase).stream()
                                    .anyMatch(bid -> bid.state() == State.CONTRACTED));
        }
        var served = new HashSet<>();
        for (var seller : sellers) {
            for (var swap : seller.settlement().swaps()) {
                served.add(swap.deal().terms().buyer());
            }
            assertThat(seller.settlement().swaps()).hasSizeLessThanOrEqualTo(1);
            seller.settlement().end(Outcome.SETTLED);
        }
        assertThat(served).hasSize(SELLERS - 1).doesNotContain(cheap.peer());
        assertThat(cheap.attempts(unmet)).isEmpty();
        Eventually.holds(
                "nine lots are sold for good",
                () -> {
                    int settled = 0;
                    for (int seller = 0; seller < SELLERS; seller++) {
                        settled += sellers.get(seller).offer(offers.get(seller)).settled();
                    }
                    return settled == SELLERS - 1;
                });
    }
}
