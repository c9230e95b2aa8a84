package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.ledgers.evm.EvmAddress;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A seller and a buyer, each with an agent in a process of its own, and one lot that is sold from
/// the command line.
final class Deal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static final Duration STEP = Duration.ofSeconds(60);
    private static final Duration LONG_STEP = Duration.ofMinutes(5);

    /// After so many a swap that settles is over, and only a refund is waited for.
    private static final int STEPS_SHORT = 60;

    private static final int STEPS_MAX = 400;

    /// While bids are collected, time runs twice as fast as ours: a busy machine that is late with
    /// its roots is taken for a seller that is silent.
    private static final Duration IN_WINDOWS = Duration.ofSeconds(1);

    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal GAS = new BigDecimal("10");
    private static final BigDecimal WEI = BigDecimal.TEN.pow(18);

    final TestChains chains;
    final Trader seller;
    final Trader buyer;

    private final boolean tokensFirst;
    private final Holdings sellerHad;
    private final Holdings buyerHad;

    /// What an owner has on both chains, nothing of it locked.
    record Holdings(BigDecimal tokens, BigDecimal litecoins) {
        BigDecimal of(boolean ofTokens) {
            return ofTokens ? tokens : litecoins;
        }
    }

    private Deal(TestChains chains, Trader seller, Trader buyer, boolean tokensFirst)
            throws LedgerException {
        this.chains = chains;
        this.seller = seller;
        this.buyer = buyer;
        this.tokensFirst = tokensFirst;
        endow(seller, tokensFirst);
        endow(buyer, !tokensFirst);
        chains.run(IN_WINDOWS);
        await(
                "the coins do not arrive",
                () -> has(seller, tokensFirst) && has(buyer, !tokensFirst));
        sellerHad = holdings(seller);
        buyerHad = holdings(buyer);
    }

    /// @param tokensFirst whether the seller sells tokens for litecoins, or the other way round
    static Deal begin(TestChains chains, Path folder, boolean tokensFirst)
            throws IOException, LedgerException {
        var seller = Trader.start("seller", folder, chains, List.of());
        Trader buyer = null;
        Deal deal = null;
        try {
            buyer = Trader.start("buyer", folder, chains, List.of(seller));
            deal = new Deal(chains, seller, buyer, tokensFirst);
            return deal;
        } finally {
            if (deal == null) {
                seller.close();
                if (buyer != null) {
                    buyer.close();
                }
            }
        }
    }

    private void endow(Trader trader, boolean tokens) throws LedgerException {
        var account = EvmAddress.parse(trader.payTo("TFT"));
        var gas = GAS.multiply(WEI).toBigIntegerExact();
        chains.evm().setBalance(account, gas);
        for (var text : trader.gasAccounts()) {
            chains.evm().setBalance(EvmAddress.parse(text), gas);
        }
        if (tokens) {
            chains.between(() -> chains.evm().payToken(chains.token(), account, 2_000_0000000L));
        } else {
            chains.between(() -> chains.utxo().pay(trader.payTo("LTC"), "3"));
        }
    }

    private static boolean has(Trader trader, boolean tokens) {
        return holdings(trader).of(tokens).signum() > 0;
    }

    /// As the owner's own command says.
    static Holdings holdings(Trader trader) {
        var assets = trader.ask("wallet", "balance").getFirst().path("assets");
        var tokens = BigDecimal.ZERO;
        var litecoins = BigDecimal.ZERO;
        for (var asset : Trader.nodes(assets)) {
            var free = new BigDecimal(asset.path("free").asText("0"));
            switch (asset.path("coin").asText()) {
                case "TFT" -> tokens = free;
                case "LTC" -> litecoins = free;
                default -> {} // Gas.
            }
        }
        return new Holdings(tokens, litecoins);
    }

    /// The seller offers, the buyer bids, and both agents have a contract when this returns.
    void strike() {
        offer();
        var bought = buyer.run(bid());
        assertThat(bought.code()).as(bought.out() + bought.err()).isZero();
        chains.halt();
    }

    /// The seller offers, and the buyer finds it.
    void offer() {
        var sold = seller.run(sale("--yes"));
        assertThat(sold.code()).as(sold.err()).isZero();
        var pair = tokensFirst ? "TFT/LTC" : "LTC/TFT";
        await("the offer is not found", () -> !buyer.ask("offers", "--pair", pair).isEmpty());
    }

    /// What the seller types.
    String[] sale(String... more) {
        var give = tokensFirst ? "1000 TFT" : "1 LTC";
        var want = tokensFirst ? "LTC" : "TFT";
        var price = tokensFirst ? "1000 TFT = 1 LTC" : "1 LTC = 1000 TFT";
        var usd = tokensFirst ? "1 TFT = 1" : "1 LTC = 1000";
        var words = new ArrayList<>(List.of("sell", "--give", give, "--want", want));
        words.addAll(List.of("--price", price, "--usd", usd, "--window", "3s"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /// What the buyer types.
    String[] bid() {
        var want = tokensFirst ? "TFT" : "LTC";
        var with = tokensFirst ? "LTC" : "TFT";
        var price = tokensFirst ? "1000 TFT = 1.2 LTC" : "1 LTC = 1200 TFT";
        return new String[] {
            "buy", "--want", want, "--with", with, "--usd", "1000", "--max-price", price, "--yes"
        };
    }

    /// Has time go on until this side is in one of these states, and no farther.
    void until(Trader trader, String... states) {
        var wanted = List.of(states);
        for (int steps = 0; !wanted.contains(state(trader)); steps++) {
            assertThat(steps).as("%s is %s", trader.name(), state(trader)).isLessThan(STEPS_MAX);
            step(STEP);
        }
    }

    /// Has time go on until what is open at each side that runs is over.
    void finish() {
        for (int steps = 0; !isOver(seller) || !isOver(buyer); steps++) {
            proceed(steps);
        }
    }

    /// One more step after so many, longer ones once only a refund can be waited for; fails when
    /// that does not end.
    void proceed(int steps) {
        assertThat(steps).as("a swap stays open").isLessThan(STEPS_MAX);
        step(steps < STEPS_SHORT ? STEP : LONG_STEP);
    }

    /// Blocks, and then a look of each agent at them: however slow the machine is, each has its
    /// turn.
    private void step(Duration time) {
        chains.once(time);
        look();
    }

    /// Each agent that runs looks at its swaps.
    void look() {
        seller.look();
        buyer.look();
    }

    static boolean isOver(Trader trader) {
        return trader.listed().stream().allMatch(swap -> swap.path("over").asBoolean());
    }

    /// How the one swap of this side stands.
    static String state(Trader trader) {
        return swap(trader).path("state").asText();
    }

    static ObjectNode swap(Trader trader) {
        var swaps = trader.swaps();
        assertThat(swaps).as(trader.name()).hasSize(1);
        return swaps.getFirst();
    }

    /// Each has what the other had, but for fees.
    void assertSwapped() {
        var price = new BigDecimal(tokensFirst ? "1.2" : "1200");
        var lot = new BigDecimal(tokensFirst ? "1000" : "1");
        assertGained(seller, sellerHad, tokensFirst, lot.negate());
        assertGained(seller, sellerHad, !tokensFirst, price);
        assertGained(buyer, buyerHad, tokensFirst, lot);
        assertGained(buyer, buyerHad, !tokensFirst, price.negate());
    }

    /// Whether this side has what the other had, as it was agreed; it has lost something if it has
    /// neither that nor what it had.
    boolean hasSwapped(Trader trader) {
        var had = trader == seller ? sellerHad : buyerHad;
        boolean gaveTokens = tokensFirst == (trader == seller);
        return holdings(trader).of(!gaveTokens).compareTo(had.of(!gaveTokens).add(HALF)) > 0;
    }

    /// This side has what it had, but for fees.
    void assertBack(Trader trader) {
        var had = trader == seller ? sellerHad : buyerHad;
        assertGained(trader, had, true, BigDecimal.ZERO);
        assertGained(trader, had, false, BigDecimal.ZERO);
    }

    private static void assertGained(
            Trader trader, Holdings had, boolean tokens, BigDecimal wanted) {
        var fees = tokens ? BigDecimal.ZERO : new BigDecimal("0.1");
        var gained = holdings(trader).of(tokens).subtract(had.of(tokens));
        assertThat(gained)
                .as("%s, in %s", trader.name(), tokens ? "TFT" : "LTC")
                .isBetween(wanted.subtract(fees), wanted);
    }

    /// Waits for what the chains and the agents come to by themselves.
    static void await(String failure, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(failure).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    @Override
    public void close() {
        seller.close();
        buyer.close();
    }
}
