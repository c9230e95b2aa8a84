package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.node.TestAgents.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.swap.SimulatedTown;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/// Agents of a network that asks bidders what their identities cost.
final class StampedBiddersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private Path directory;
    private final SimulatedTown town = new SimulatedTown(Instant.now().minus(Duration.ofHours(12)));
    private final TownTime time = new TownTime(town);
    private TestAgents agents;

    @AfterEach
    void stopAll() {
        time.close();
        agents.close();
    }

    private static AgentConfig config(int difficulty, Agent... bootstrap) {
        var config = TestAgents.config(bootstrap);
        return config.withReputation(config.reputation().withStampDifficulty(difficulty));
    }

    private static ObjectNode order(String price) {
        return arguments()
                .put("want", "BTC")
                .put("with", "LTC")
                .put("usd", 1_000)
                .put("maxPrice", "1 BTC = %s LTC".formatted(price))
                .put("atMost", "0.5 LTC");
    }

    private static JsonNode bid(TestAgents.Client owner, String request) {
        try {
            return owner.ask("exchange.requests", arguments().put("request", request))
                    .path("requests")
                    .path(0)
                    .path("windows")
                    .path(0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The number of the purchase, as soon as the buyer's stamp is made.
    private static String bought(TestAgents.Client owner, String price) {
        var request = new AtomicReference<String>();
        Eventually.holds(
                PATIENCE,
                "a stamp",
                () -> {
                    try {
                        request.set(
                                owner.ask("exchange.buy", order(price)).path("request").asText());
                        return true;
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    } catch (AssertionError e) {
                        assertThat(e).hasMessageContaining("ask bidders for a stamp");
                        return false;
                    }
                });
        return request.get();
    }

    @Test
    void whoHasNoStampIsRefusedAndWhoseStampIsNewBidsInTheSameWindow() throws IOException {
        agents = new TestAgents(directory);
        var sellerHome = agents.home();
        var buyerHome = agents.home();
        var cheapHome = agents.home();
        var seller = agents.start(sellerHome, config(2), town.wallet("seller"));
        var buyer = agents.start(buyerHome, config(2, seller), town.wallet("buyer"));
        var cheap = agents.start(cheapHome, config(0, seller), town.wallet("cheap"));
        var buys = agents.client(buyerHome.owner(), buyer);
        var cheats = agents.client(cheapHome.owner(), cheap);
        Eventually.holds("they know each other", () -> TestAgents.knows(seller, cheap.peerId()));
        Eventually.holds("they know each other", () -> TestAgents.knows(seller, buyer.peerId()));
        time.start();
        var sell = arguments().put("give", "0.01 BTC").put("want", "LTC");
        sell.put("price", "1 BTC = 40 LTC").put("usd", "1 BTC = 100000");
        agents.client(sellerHome.owner(), seller)
                .ask("exchange.sell", sell.put("windowMillis", 8_000));

        assertThatThrownBy(() -> buys.ask("exchange.buy", order("41")))
                .hasMessageContaining("ask bidders for a stamp, which your agent makes now");
        var request = bought(buys, "41");
        var free = cheats.ask("exchange.buy", order("45")).path("request").asText();
        Eventually.holds(
                PATIENCE,
                "a bid that is refused",
                () -> bid(cheats, free).path("note").asText().equals("no-stamp"));
        Eventually.holds(PATIENCE, "a bid", () -> bid(buys, request).has("revealBy"));
        var revealBy = Instant.parse(bid(buys, request).path("revealBy").asText());
        Eventually.holds(PATIENCE, "all bids are shown", () -> town.now().isAfter(revealBy));
        town.pass();
        Eventually.holds(
                PATIENCE, "a contract", () -> !bid(buys, request).path("swap").asText().isEmpty());
        assertThat(bid(buys, request).path("pays").asText()).isEqualTo("0.41 LTC");
    }
}
