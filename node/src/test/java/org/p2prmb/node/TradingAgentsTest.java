package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.arguments;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DepthRule;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.node.swap.SimulatedTown;
import org.p2prmb.protocols.message.Outcome;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The whole story between two agents and their owners, on simulated chains: an offer, a request, a
/// window, a contract, a swap.
final class TradingAgentsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Five looks at one swap.
    private static final int TIPS = 10;

    @TempDir private Path directory;
    private final SimulatedTown town = new SimulatedTown(Instant.now().minus(Duration.ofHours(12)));
    private final SimulatedTown.Wallet sellersWallet = town.wallet("seller");
    private final SimulatedTown.Wallet buyersWallet = town.wallet("buyer");
    private final TownTime time = new TownTime(town);
    private TestAgents agents;

    @AfterEach
    void stopAll() {
        time.close();
        agents.close();
    }

    private static AgentConfig config(Agent... bootstrap) {
        var config = TestAgents.config(bootstrap);
        return config.withSwap(
                config.swap()
                        .withLookEvery(Duration.ofMillis(100))
                        .withDepths(List.of(new DepthRule("*", 2, 3))));
    }

    private static JsonNode ask(
            TestAgents.Client owner, String command, String name, Object... more) {
        var arguments = arguments();
        for (int at = 0; at < more.length; at += 2) {
            if (more[at + 1] instanceof Integer number) {
                arguments.put((String) more[at], number);
            } else {
                arguments.put((String) more[at], (String) more[at + 1]);
            }
        }
        try {
            var answer = owner.ask(command, arguments);
            return name.isEmpty() ? answer : answer.path(name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode purchase(TestAgents.Client owner, String request) {
        return ask(owner, "exchange.requests", "requests", "request", request).path(0);
    }

    private static JsonNode bid(TestAgents.Client owner, String request) {
        return purchase(owner, request).path("windows").path(0);
    }

    @Test
    void anOfferARequestAWindowAContractASwap() throws IOException {
        agents = new TestAgents(directory);
        var sellerHome = agents.home();
        var buyerHome = agents.home();
        var seller = agents.start(sellerHome, config(), sellersWallet);
        var buyer = agents.start(buyerHome, config(seller), buyersWallet);
        var sells = agents.client(sellerHome.owner(), seller);
        var buys = agents.client(buyerHome.owner(), buyer);
        Eventually.holds("they know each other", () -> TestAgents.knows(seller, buyer.peerId()));

        var offer =
                ask(
                        sells,
                        "exchange.sell",
                        "",
                        "give",
                        "0.03 BTC",
                        "want",
                        "LTC",
                        "price",
                        "1 BTC = 40 LTC",
                        "usd",
                        "1 BTC = 100000",
                        "windowMillis",
                        3_000);
        assertThat(offer.path("lots").asInt()).isEqualTo(3);
        assertThat(offer.path("lot").asText()).isEqualTo("0.01 BTC");
        assertThat(offer.path("lotPrice").asText()).isEqualTo("0.4 LTC");
        // For one contract may have all three lots, above whose value 6 h of downtime are survived.
        assertThat(offer.at("/swap/lockedSecondsMax").asLong())
                .isGreaterThan(Duration.ofHours(6).toSeconds());
        Eventually.holds(
                PATIENCE,
                "the offer is found",
                () -> ask(buys, "exchange.offers", "offers", "pair", "BTC/LTC").size() == 1);
        var quote =
                ask(
                        buys,
                        "exchange.quote",
                        "offers",
                        "want",
                        "BTC",
                        "with",
                        "LTC",
                        "maxPrice",
                        "1 BTC = 41 LTC",
                        "usd",
                        1_000);
        assertThat(quote.path(0).path("bid").asText()).isEqualTo("0.41 LTC");
        assertThat(quote.path(0).path("fits").asBoolean()).isTrue();

        time.start();
        var request =
                ask(
                                buys,
                                "exchange.buy",
                                "request",
                                "want",
                                "BTC",
                                "with",
                                "LTC",
                                "usd",
                                1_000,
                                "maxPrice",
                                "1 BTC = 41 LTC",
                                "atMost",
                                "0.41 LTC")
                        .asText();
        Eventually.holds(PATIENCE, "a bid", () -> bid(buys, request).has("revealBy"));
        var revealBy = Instant.parse(bid(buys, request).path("revealBy").asText());
        Eventually.holds(PATIENCE, "all bids are shown", () -> town.now().isAfter(revealBy));
        town.pass();
        Eventually.holds(
                PATIENCE, "a contract", () -> !bid(buys, request).path("swap").asText().isEmpty());
        assertThat(bid(buys, request).path("pays").asText()).isEqualTo("0.41 LTC");
        var own = ask(sells, "exchange.offers", "offers", "mine", 1).path(0);
        assertThat(own.path("left").asInt()).isEqualTo(2);
        assertThat(own.path("inSale").asInt()).isEqualTo(1);

        var swap = bid(buys, request).path("swap").asText();
        for (int block = 0; block < 60 && !isSettled(buys, swap); block++) {
            pass(buys, swap);
        }
        assertThat(isSettled(buys, swap)).isTrue();
        Eventually.holds(
                PATIENCE,
                "the lot is sold",
                () ->
                        ask(sells, "exchange.offers", "offers", "mine", 1)
                                        .path(0)
                                        .path("sold")
                                        .asInt()
                                == 1);
        var cancelled =
                ask(sells, "exchange.cancel", "state", "offer", offer.path("offer").asText());
        assertThat(cancelled.asText()).isEqualTo("cancelled");
    }

    /// A block, at which both sides have looked when this returns.
    private void pass(TestAgents.Client owner, String swap) {
        town.pass();
        int sellersTips = sellersWallet.tips();
        int buyersTips = buyersWallet.tips();
        Eventually.holds(
                "both look",
                () ->
                        isSettled(owner, swap)
                                || sellersWallet.tips() > sellersTips + TIPS
                                        && buyersWallet.tips() > buyersTips + TIPS);
    }

    private static boolean isSettled(TestAgents.Client owner, String swap) {
        return ask(owner, "swaps.show", "state", "swap", swap).asText().equals("settled");
    }

    @Test
    void wordsThatDoNotFitAreExplained() throws IOException {
        agents = new TestAgents(directory);
        var home = agents.home();
        var agent = agents.start(home, config(), sellersWallet);
        var owner = agents.client(home.owner(), agent);
        var sell = arguments().put("give", "0.03 BTC").put("want", "LTC");
        sell.put("price", "1 BTC = 40 LTC").put("usd", "1 BTC = 100000");
        refused(
                owner,
                "exchange.sell",
                sell.deepCopy().put("give", "0.001 BTC"),
                "less than a lot");
        refused(owner, "exchange.sell", sell.deepCopy().put("want", "SALT"), "SALT");
        refused(owner, "exchange.sell", sell.deepCopy().put("price", "40 LTC"), "1 BTC = 2.5");
        refused(owner, "exchange.sell", sell.deepCopy().put("want", "BTC"), "LTC stands where");
        refused(owner, "exchange.cancel", arguments().put("offer", "abcdef"), "no offer of yours");
        refused(owner, "exchange.withdraw", arguments().put("request", "7"), "no request 7");
        refused(owner, "exchange.decide", arguments().put("window", "ab"), "no window waits");
        var buy = arguments().put("want", "BTC").put("with", "LTC").put("usd", 1_500);
        buy.put("maxPrice", "1 BTC = 41 LTC").put("atMost", "1 LTC");
        refused(owner, "exchange.buy", buy, "lots are of 1000 USD");

        var plain = agents.home();
        var poor = agents.client(plain.owner(), agents.start(plain, TestAgents.config()));
        refused(poor, "exchange.sell", sell, "no coins are configured");
    }

    private static void refused(
            TestAgents.Client owner, String command, JsonNode arguments, String text) {
        assertThat(owner.call(command, arguments.toString()))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refusal -> {
                            assertThat(refusal.code())
                                    .isGreaterThanOrEqualTo(CommandException.ARGUMENTS);
                            assertThat(refusal.text()).contains(text);
                        });
    }
}
