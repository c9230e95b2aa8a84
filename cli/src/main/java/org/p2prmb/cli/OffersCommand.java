package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.concurrent.Callable;

/// `rmb offers`: what is on sale, at the owner's agent and elsewhere.
@Command(
        name = "offers",
        description = {
            "List your own offers, or with --pair those of the network.",
            "Example: rmb offers --pair BTC/TFT"
        })
final class OffersCommand implements Callable<Integer> {
    private static final Duration SEARCH_LIMIT = Duration.ofSeconds(40);

    private final RootCommand root;

    @Option(names = "--pair", paramLabel = "A/B", description = "What is given, and what for.")
    private @Nullable String pair;

    @Option(names = "--mine", description = "Your own ones, with --pair of that pair only.")
    private boolean mine;

    OffersCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var arguments = Json.object().put("mine", mine ? 1 : 0);
        if (pair != null) {
            arguments.put("pair", pair);
        }
        try (var client = OwnerClient.open(root)) {
            JsonNode answer;
            try (var _ = Progress.start(root, "asking the network")) {
                answer = client.ask("exchange.offers", arguments, SEARCH_LIMIT);
            }
            list(answer.path("offers"), pair == null || mine);
        }
        return Rmb.DONE;
    }

    private void list(JsonNode offers, boolean own) {
        var output = root.output();
        var table =
                own
                        ? new Table(
                                "OFFER", "LOT", "FOR AT LEAST", "LEFT", "IN SALE", "SOLD", "STATE")
                        : new Table(
                                "OFFER",
                                "LOT",
                                "FOR AT LEAST",
                                "USD",
                                "LEFT",
                                "SCORE",
                                "DENIED",
                                "SELLER");
        for (var offer : offers) {
            output.object(offer);
            if (own) {
                table.row(
                        ExchangeTexts.id(offer, "offer"),
                        Replies.text(offer, "lot"),
                        Replies.text(offer, "lotPrice"),
                        offer.path("left").asText(),
                        offer.path("inSale").asText(),
                        offer.path("sold").asText(),
                        Replies.text(offer, "state"));
            } else {
                table.row(
                        ExchangeTexts.id(offer, "offer"),
                        Replies.text(offer, "lot"),
                        Replies.text(offer, "lotPrice"),
                        "" + offer.path("lotUsdCents").asLong() / 100,
                        offer.path("left").asText(),
                        "%.2f".formatted(offer.path("score").asDouble()),
                        ExchangeTexts.denied(offer),
                        Replies.text(offer, "seller"));
            }
        }
        if (table.isEmpty()) {
            output.note(own ? "you offer nothing: see rmb sell --help" : "nobody offers that now");
        } else {
            table.lines().forEach(output::line);
        }
    }

    @Command(
            name = "cancel",
            description = {
                "Take an offer back; what is in sale goes on.",
                "Example: rmb offers cancel 3fa9c0d1"
            })
    int cancel(
            @Parameters(paramLabel = "ID", description = "Its id, or how that begins.") String id) {
        try (var client = OwnerClient.open(root)) {
            var offer = client.ask("exchange.cancel", Json.object().put("offer", id));
            root.output().object(offer);
            root.output().line("cancelled %s".formatted(ExchangeTexts.id(offer, "offer")));
            var inSale = offer.path("inSale").asInt();
            if (inSale > 0) {
                root.output().note("%s in sale go on".formatted(Replies.count(inSale, "lot")));
            }
        }
        return Rmb.DONE;
    }

    @Command(
            name = "pending",
            description = "List the windows that wait for your word, 2 min each.")
    int pending() {
        try (var client = OwnerClient.open(root)) {
            var answer = client.ask("exchange.pending", Json.object());
            var table = new Table("WINDOW", "OFFER", "WINNERS", "UNTIL");
            for (var window : answer.path("windows")) {
                root.output().object(window);
                table.row(
                        ExchangeTexts.id(window, "window"),
                        ExchangeTexts.id(window, "offer"),
                        winners(window.path("winners")),
                        Replies.text(window, "until"));
            }
            if (table.isEmpty()) {
                root.output().note("no window waits for you");
            } else {
                table.lines().forEach(root.output()::line);
            }
        }
        return Rmb.DONE;
    }

    private static String winners(JsonNode winners) {
        var text = new StringBuilder();
        for (var winner : winners) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(Replies.count(winner.path("lots").asInt(), "lot"))
                    .append(" to ")
                    .append(Replies.text(winner, "bidder"));
        }
        return text.toString();
    }

    @Command(
            name = "confirm",
            description = {"Sell to those that won a window.", "Example: rmb offers confirm 3fa9"})
    int confirm(@Parameters(paramLabel = "WINDOW") String window) {
        return decide(window, null);
    }

    @Command(
            name = "deny",
            description = {
                "Sell to nobody of a window; its lots need a new one.",
                "Example: rmb offers deny 3fa9 --reason funds-gone"
            })
    int deny(
            @Parameters(paramLabel = "WINDOW") String window,
            @Option(
                            names = "--reason",
                            paramLabel = "CODE",
                            defaultValue = "owner-declined",
                            description =
                                    "owner-declined, funds-gone, chain-unhealthy, terms-invalid.")
                    String reason) {
        return decide(window, reason);
    }

    private int decide(String window, @Nullable String reason) {
        var arguments = Json.object().put("window", window);
        if (reason != null) {
            arguments.put("deny", reason);
        }
        try (var client = OwnerClient.open(root)) {
            var answer = client.ask("exchange.decide", arguments);
            root.output().object(answer);
            root.output().line(reason == null ? "confirmed" : "denied");
        }
        return Rmb.DONE;
    }
}
