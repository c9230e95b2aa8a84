package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.concurrent.Callable;

/// `rmb buy`: has the owner's agent bid for lots.
@Command(
        name = "buy",
        description = {
            "Buy coins in lots of 1000 USD: your agent asks for offers and bids in their",
            "sealed windows. Each bid is your highest price, and what it wins costs that.",
            "Example: rmb buy --want BTC --with TFT --usd 5000",
            "           --max-price '1 BTC = 4100000 TFT'"
        })
final class BuyCommand implements Callable<Integer> {
    private static final Duration SEARCH_LIMIT = Duration.ofSeconds(40);
    private static final int USD_MAX = 1_000_000;

    private final RootCommand root;

    @Option(names = "--want", required = true, paramLabel = "COIN", description = "What is bought.")
    private String want = "";

    @Option(
            names = "--with",
            required = true,
            paramLabel = "COIN",
            description = "What it is paid with.")
    private String with = "";

    @Option(
            names = "--usd",
            required = true,
            paramLabel = "N",
            description = "How much, as the sellers value it: a multiple of 1000.")
    private int usd;

    @Option(
            names = "--max-price",
            required = true,
            paramLabel = "RATE",
            description = "What you bid; nobody sees it before all bids are fixed.")
    private String maxPrice = "";

    @Option(
            names = "--at-most",
            paramLabel = "AMOUNT",
            description = {
                "What all of it may cost; without it, what it costs at the offers that are",
                "there now."
            })
    private @Nullable String atMost;

    @Option(
            names = "--min-reputation",
            paramLabel = "R",
            description = "What a seller must be worth in your agent's eyes, 0 to 1.")
    private @Nullable Double minReputation;

    @Option(names = "--valid", paramLabel = "TIME", description = "For how long (10 min).")
    private @Nullable String valid;

    @Option(
            names = "--made",
            paramLabel = "WHEN",
            description = {
                "When this was ordered, such as 2030-01-01T12:00:00Z, if it was and no answer",
                "came: nothing is bought twice."
            })
    private @Nullable String made;

    @Option(names = "--wait", description = "Wait until the swaps are over, too.")
    private boolean wait;

    @Option(names = "--detach", description = "Do not wait for anything.")
    private boolean detach;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    BuyCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (usd < 1_000 || usd > USD_MAX || usd % 1_000 != 0) {
            throw new UserException(
                    "--usd %d: lots are of 1000 USD, up to 1000 lots".formatted(usd));
        }
        var arguments = Json.object();
        arguments.put("want", want).put("with", with).put("usd", usd).put("maxPrice", maxPrice);
        ExchangeTexts.reputation(minReputation)
                .ifPresent(tenths -> arguments.put("minReputation", tenths));
        ExchangeTexts.millis("--valid", valid)
                .ifPresent(millis -> arguments.put("validMillis", millis));
        try (var client = OwnerClient.open(root)) {
            var quote = quoted(client, arguments);
            Confirmation.require(root, yes, "Buy?");
            var bought = Repeatable.ask(root, client, "exchange.buy", arguments, quote);
            var request = bought.path("request").asText();
            if (detach) {
                root.output().object(bought);
                root.output().line("request %s".formatted(Replies.text(bought, "request")));
                return Rmb.DONE;
            }
            return new PurchaseProgress(root, client, request).follow(wait);
        }
    }

    /// Shows what it will cost, and adds to the order what it may cost at most.
    private JsonNode quoted(OwnerClient client, ObjectNode arguments) throws InterruptedException {
        if (made != null) {
            arguments.put("created", made);
        }
        if (atMost != null) {
            arguments.put("atMost", atMost);
        }
        JsonNode quote;
        try (var _ = Progress.start(root, "asking for offers")) {
            quote = client.ask("exchange.quote", arguments, SEARCH_LIMIT);
        }
        var output = root.output();
        var dearest = BigDecimal.ZERO;
        var table = new Table("OFFER", "LOT", "YOUR BID", "LEFT", "SCORE", "DENIED", "");
        for (var offer : quote.path("offers")) {
            boolean fits = offer.path("fits").asBoolean();
            table.row(
                    ExchangeTexts.id(offer, "offer"),
                    Replies.text(offer, "lot"),
                    Replies.text(offer, "bid"),
                    offer.path("left").asText(),
                    "%.2f".formatted(offer.path("score").asDouble()),
                    ExchangeTexts.denied(offer),
                    fits ? "" : "wants more");
            if (fits) {
                dearest = dearest.max(cost(offer));
            }
        }
        table.lines().stream().filter(_ -> !table.isEmpty()).forEach(output::note);
        if (atMost == null && dearest.signum() == 0) {
            throw new UserException(
                    "no offer fits now: raise --max-price, or say what it may cost and wait for"
                            + " one: --at-most '1000 %s'".formatted(with));
        }
        var limit = atMost == null ? dearest.toPlainString() + " " + with : atMost;
        output.note("Buys %s for %d USD, and pays at most %s".formatted(want, usd, limit));
        output.note("Free now %s".formatted(Replies.text(quote, "free")));
        ExchangeTexts.costs(quote.path("swap")).forEach(output::note);
        arguments.put("atMost", limit);
        return quote;
    }

    private BigDecimal cost(JsonNode offer) {
        var bid = new BigDecimal(offer.path("bid").asText().split(" ", 2)[0]);
        var lots = usd * 100L / Math.max(1, offer.path("lotUsdCents").asLong());
        return bid.multiply(BigDecimal.valueOf(lots));
    }
}
