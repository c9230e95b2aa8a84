package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/// Agents in processes of their own are killed while they trade over anvil and litecoind, right
/// after a write to the journal of their swaps, together with a fault of a chain; nobody loses more
/// than fees, and nothing stays locked. More of them: `-Druns=60`.
@Program.Needed({Program.ANVIL, Program.LITECOIND})
@Timeout(value = 2, unit = TimeUnit.HOURS) // Time that stands still shows as a test that hangs.
final class KilledAgentsTest {
    private static final int RUNS = Integer.getInteger("runs", 6);

    /// With a reorganisation and a node that loses blocks among the first six.
    private static final long SEED = Long.getLong("seed", 6);

    /// A swap that settles writes about so often.
    private static final int WRITES_MAX = 7;

    private static final int DELAY_MILLIS_MAX = 40;

    @TempDir static Path folder;
    private static TestChains chains;

    /// What a chain does besides.
    private enum Fault {
        NONE,
        /// Both chains lose a block.
        REORGANISATION,
        /// The Litecoin node is killed, too, and comes back with fewer blocks than it had.
        NODE_ROLLBACK,
        /// The EVM node forgets what waits.
        MEMPOOL_LOST
    }

    @BeforeAll
    static void start() throws IOException, LedgerException {
        chains = TestChains.start(folder);
    }

    @AfterAll
    static void stop() {
        chains.close();
    }

    @Test
    void whoIsKilledLosesNoMoreThanFees() throws IOException, LedgerException {
        int killed = 0;
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            killed += trade(seed, new Random(seed)) ? 1 : 0;
        }
        // A swap that ends early writes less often than some wait for.
        assertThat(killed).isGreaterThanOrEqualTo(RUNS / 2);
    }

    private static boolean trade(long seed, Random random) throws IOException, LedgerException {
        // Each fault with both directions and both victims, in 16 runs.
        boolean tokensFirst = seed % 2 == 0;
        boolean ofSeller = seed / 2 % 2 == 0;
        var fault = Fault.values()[(int) (seed / 4 % Fault.values().length)];
        int write = 1 + random.nextInt(WRITES_MAX);
        var after = Duration.ofMillis(random.nextInt(DELAY_MILLIS_MAX));
        int downtime = random.nextInt(5);
        var what =
                "seed %d: %s first, the %s killed %d ms after write %d, for %d steps, %s"
                        .formatted(
                                seed,
                                tokensFirst ? "tokens" : "litecoins",
                                ofSeller ? "seller" : "buyer",
                                after.toMillis(),
                                write,
                                downtime,
                                fault);
        try (var deal = Deal.begin(chains, folder.resolve("seed " + seed), tokensFirst)) {
            deal.offer();
            chains.between(() -> chains.utxo().flush());
            var victim = ofSeller ? deal.seller : deal.buyer;
            boolean killed;
            try (var killer = new JournalKiller(victim, write, after)) {
                var buying = deal.buyer.inBackground(deal.bid());
                agree(deal, victim, killer);
                chains.halt();
                killed = settle(deal, victim, killer, downtime, fault);
                buying.end();
            }
            if (!victim.isUp()) { // Killed at its very last write.
                victim.start();
                deal.finish();
            }
            verify(deal, what);
            System.out.println(what + (killed ? "" : " (not so often)"));
            return killed;
        }
    }

    /// Waits until both have a contract, or whoever was killed is up again without one.
    private static void agree(Deal deal, Trader victim, JournalKiller killer) throws IOException {
        Deal.await(
                "no contract",
                () ->
                        killer.hasKilled()
                                || !deal.seller.listed().isEmpty()
                                        && !deal.buyer.listed().isEmpty());
        if (killer.hasKilled()) {
            victim.start();
        }
    }

    private static boolean settle(
            Deal deal, Trader victim, JournalKiller killer, int downtime, Fault fault)
            throws IOException {
        boolean wasKilled = killer.hasKilled();
        int down = 0;
        for (int steps = 0; ; steps++) {
            deal.proceed(steps);
            if (killer.hasKilled() && !wasKilled) {
                if (down == 0) {
                    strike(fault, deal);
                }
                if (down++ == downtime) {
                    victim.start();
                    wasKilled = true;
                }
            } else if (victim.isUp() && Deal.isOver(deal.seller) && Deal.isOver(deal.buyer)) {
                return wasKilled;
            }
        }
    }

    private static void strike(Fault fault, Deal deal) {
        switch (fault) {
            case NONE -> {}
            case REORGANISATION ->
                    chains.between(() -> {
                        chains.evm().reorganise(1);
                        chains.utxo().takeBack(1);
                    });
            case NODE_ROLLBACK -> {
                chains.between(() -> chains.utxo().mine(2)); // There is something to be lost.
                deal.look();
                var forgotten = chains.crashUtxo();
                deal.look(); // At fewer blocks than there were.
                chains.between(() -> chains.utxo().sync(forgotten));
            }
            case MEMPOOL_LOST -> chains.between(() -> chains.evm().dropAll());
        }
    }

    /// From outside: both sides swapped or neither did, nobody misses more than fees, and neither
    /// the contract nor a reservation holds anything.
    private static void verify(Deal deal, String what) throws LedgerException {
        boolean swapped = deal.hasSwapped(deal.seller);
        assertThat(deal.hasSwapped(deal.buyer)).as(what).isEqualTo(swapped);
        if (swapped) {
            deal.assertSwapped();
        } else {
            deal.assertBack(deal.seller);
            deal.assertBack(deal.buyer);
        }
        assertThat(chains.evm().tokens(chains.token(), chains.contract()))
                .as(what)
                .isEqualTo(BigInteger.ZERO);
        for (var trader : List.of(deal.seller, deal.buyer)) {
            var balance = trader.ask("wallet", "balance").getFirst().path("assets");
            assertThat(Trader.nodes(balance))
                    .as(what)
                    .allSatisfy(asset -> {
                        assertThat(asset.path("reserved").asText()).isEqualTo("0");
                        assertThat(asset.path("locked").asText()).isEqualTo("0");
                    });
        }
    }
}
