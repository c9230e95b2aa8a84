package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Whole trades between two agents in processes of their own, over anvil and litecoind, from the
/// owners' commands to their balances.
@Program.Needed({Program.ANVIL, Program.LITECOIND})
@Timeout(value = 5, unit = TimeUnit.MINUTES) // Time that stands still shows as a test that hangs.
final class SwapProcessesTest {
    @TempDir Path folder;
    private TestChains chains;

    @BeforeEach
    void start() throws IOException, LedgerException {
        chains = TestChains.start(folder);
    }

    @AfterEach
    void stop() {
        chains.close();
    }

    @Test
    void tokensForLitecoinsSettle() throws IOException, LedgerException {
        settles(true);
    }

    @Test
    void litecoinsForTokensSettle() throws IOException, LedgerException {
        settles(false);
    }

    private void settles(boolean tokensFirst) throws IOException, LedgerException {
        try (var deal = Deal.begin(chains, folder, tokensFirst)) {
            deal.strike();
            deal.finish();
            assertThat(Deal.state(deal.seller)).isEqualTo("settled");
            assertThat(Deal.state(deal.buyer)).isEqualTo("settled");
            deal.assertSwapped();
        }
    }

    /// Nothing is offered or bid for before the owner has seen what it can cost, and has agreed.
    @Test
    void theOwnersAreToldAmountsFeesAndTimeAndAreAsked() throws IOException, LedgerException {
        try (var deal = Deal.begin(chains, folder, false)) {
            var asked = deal.seller.run(deal.sale());
            assertThat(asked.code()).isEqualTo(Rmb.USAGE);
            assertThat(asked.err())
                    .contains("Sells 1 lot of 1 LTC each, for at least 1000 TFT a lot", "Sell?")
                    .containsPattern("at most 0\\.[0-9]+ LTC to lock and 0\\.[0-9]+ ETH to redeem")
                    .containsPattern("at most 0\\.[0-9]+ LTC to take back")
                    .containsPattern("locked for at most [0-9]+ h [0-9]+ min")
                    .contains("nothing was done");
            assertThat(deal.seller.ask("offers", "--mine")).isEmpty();

            deal.offer();
            var bid = Arrays.copyOf(deal.bid(), deal.bid().length - 1);
            asked = deal.buyer.run(bid);
            assertThat(asked.code()).isEqualTo(Rmb.USAGE);
            assertThat(asked.err())
                    .contains("Buys LTC for 1000 USD, and pays at most 1200 TFT", "Buy?")
                    .containsPattern("at most 0\\.[0-9]+ ETH to lock and 0\\.[0-9]+ LTC to redeem")
                    .containsPattern("at most 0\\.[0-9]+ ETH to take back")
                    .containsPattern("locked for at most [0-9]+ h [0-9]+ min")
                    .contains("nothing was done");
        }
    }

    /// Decision 19: it is known for that, and others see it before they bid.
    @Test
    void anOwnerThatDeniesIsKnownForIt() throws IOException, LedgerException {
        try (var deal = Deal.begin(chains, folder, false)) {
            var sold = deal.seller.run(deal.sale("--confirm", "--yes"));
            assertThat(sold.code()).as(sold.err()).isZero();
            var found = new String[] {"offers", "--pair", "LTC/TFT"};
            Deal.await("the offer is not found", () -> !deal.buyer.ask(found).isEmpty());
            assertThat(deal.buyer.ask(found).getFirst().has("denied")).isFalse();
            var buying = deal.buyer.inBackground(deal.bid());
            Deal.await("no question", () -> !deal.seller.ask("offers", "pending").isEmpty());
            var window = deal.seller.ask("offers", "pending").getFirst().path("window").asText();
            assertThat(deal.seller.run("offers", "deny", window).out()).contains("denied");
            Deal.await(
                    "nobody knows",
                    () -> deal.buyer.ask(found).getFirst().path("denied").asInt() == 100);
            assertThat(deal.buyer.run(found).out()).contains("DENIED").contains("100 %");
            Deal.await("the buyer does not know", () -> buying.out().contains("seller keeps them"));
            assertThat(buying.end().code()).isEqualTo(Rmb.FAILED);
            assertThat(deal.buyer.swaps()).isEmpty();
        }
    }

    @Test
    void aBuyerThatVanishesCostsTheSellerTime() throws IOException, LedgerException {
        for (boolean tokensFirst : new boolean[] {true, false}) {
            try (var deal = Deal.begin(chains, folder.resolve("of " + tokensFirst), tokensFirst)) {
                deal.strike();
                deal.until(deal.seller, "lock-ready", "locked");
                deal.buyer.kill();
                deal.finish();
                assertThat(Deal.state(deal.seller)).isEqualTo("refunded");
                deal.assertBack(deal.seller);
            }
        }
    }

    @Test
    void aSellerThatVanishesCostsTheBuyerTime() throws IOException, LedgerException {
        for (boolean tokensFirst : new boolean[] {true, false}) {
            try (var deal = Deal.begin(chains, folder.resolve("of " + tokensFirst), tokensFirst)) {
                deal.strike();
                deal.until(deal.buyer, "lock-ready");
                deal.seller.kill();
                deal.until(deal.buyer, "locked");
                deal.finish();
                assertThat(Deal.state(deal.buyer)).isEqualTo("refunded");
                deal.assertBack(deal.buyer);
            }
        }
    }
}
