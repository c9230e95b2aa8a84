package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `rmb sell`: registers an offer at the owner's agent.
@Command(
        name = "sell",
        description = {
            "Offer coins for sale, in lots; your agent sells them while it runs.",
            "Example: rmb sell --give '3 BTC' --want TFT --price '1 BTC = 4000000 TFT'",
            "           --usd '1 BTC = 100000'"
        })
final class SellCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(names = "--give", required = true, paramLabel = "AMOUNT", description = "What is sold.")
    private String give = "";

    @Option(
            names = "--want",
            required = true,
            paramLabel = "COIN",
            description = "What it is paid with.")
    private String want = "";

    @Option(
            names = "--price",
            required = true,
            paramLabel = "RATE",
            description = "The least price: everybody sees it, and buyers bid from it on.")
    private String price = "";

    @Option(
            names = "--usd",
            required = true,
            paramLabel = "RATE",
            description = "What it is worth in USD: that makes lots of 1000 USD, nothing else.")
    private String usd = "";

    @Option(
            names = "--lot-usd",
            paramLabel = "N",
            description = "Smaller lots, for buyers that nobody knows yet.")
    private @Nullable Integer lotUsd;

    @Option(
            names = "--min-reputation",
            paramLabel = "R",
            description = "What a buyer must be worth in your agent's eyes, 0 to 1.")
    private @Nullable Double minReputation;

    @Option(
            names = "--prefer",
            paramLabel = "WHAT=WEIGHT",
            description = {
                "How bids are ranked: price, size, reputation, 0 to 1000 each.",
                "Only the price counts without it. May be repeated."
            })
    private List<String> prefer = new ArrayList<>();

    @Option(names = "--valid", paramLabel = "TIME", description = "For how long (24 h).")
    private @Nullable String valid;

    @Option(
            names = "--window",
            paramLabel = "TIME",
            description = "How long bids are collected, 3 s to 10 min (10 s).")
    private @Nullable String window;

    @Option(
            names = "--confirm",
            description = "Ask me about each window: rmb offers pending, confirm, deny.")
    private boolean confirm;

    @Option(
            names = "--made",
            paramLabel = "WHEN",
            description = {
                "When this offer was made, such as 2030-01-01T12:00:00Z, if it was and no answer",
                "came: nothing is offered twice."
            })
    private @Nullable String made;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    SellCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        var arguments = arguments();
        var output = root.output();
        try (var client = OwnerClient.open(root)) {
            var preview = client.ask("exchange.sell", arguments.deepCopy().put("dryRun", 1));
            show(preview);
            Confirmation.require(root, yes, "Sell?");
            var offer = Repeatable.ask(root, client, "exchange.sell", arguments, preview);
            output.object(offer);
            output.line("offer %s".formatted(ExchangeTexts.id(offer, "offer")));
            output.note("It is sold while your agent runs: see rmb offers --mine");
        }
        return Rmb.DONE;
    }

    private ObjectNode arguments() {
        var arguments = Json.object();
        arguments.put("give", give).put("want", want).put("price", price).put("usd", usd);
        if (lotUsd != null) {
            arguments.put("lotUsd", lotUsd);
        }
        ExchangeTexts.reputation(minReputation)
                .ifPresent(tenths -> arguments.put("minReputation", tenths));
        ExchangeTexts.millis("--valid", valid)
                .ifPresent(millis -> arguments.put("validMillis", millis));
        ExchangeTexts.millis("--window", window)
                .ifPresent(millis -> arguments.put("windowMillis", millis));
        var weights = arguments.putObject("prefer");
        for (var text : prefer) {
            var parts = text.split("=", -1);
            if (parts.length != 2) {
                throw new UserException("--prefer looks like reputation=3");
            }
            weights.put(parts[0], parts[1]);
        }
        arguments.put("confirm", confirm ? 1 : 0);
        if (made != null) {
            arguments.put("created", made);
        }
        return arguments;
    }

    private void show(JsonNode preview) {
        var output = root.output();
        output.note(
                "Sells %s of %s each, for at least %s a lot"
                        .formatted(
                                Replies.count(preview.path("lots").asInt(), "lot"),
                                Replies.text(preview, "lot"),
                                Replies.text(preview, "lotPrice")));
        output.note("Free now %s".formatted(Replies.text(preview, "free")));
        ExchangeTexts.costs(preview.path("swap")).forEach(output::note);
    }
}
