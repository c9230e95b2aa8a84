package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Whole trades between two agents in processes of their own, over anvil and litecoind, from the
/// owners' commands to their balances.
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
