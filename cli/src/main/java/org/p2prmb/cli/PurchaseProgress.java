package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Shows what becomes of a purchase, window by window, until it is over.
final class PurchaseProgress {
    private static final int NEWS_MILLIS = 2_000;
    private static final Duration ASK_LIMIT = Duration.ofSeconds(20);
    private static final Duration SWAPS_EVERY = Duration.ofSeconds(1);

    private final RootCommand root;
    private final OwnerClient client;
    private final String request;
    private final Map<String, String> shown = new HashMap<>();
    private final Set<String> swaps = new HashSet<>();

    PurchaseProgress(RootCommand root, OwnerClient client, String request) {
        this.root = root;
        this.client = client;
        this.request = request;
    }

    /// Ends with the purchase; with ctrl-C the agent goes on without us.
    ///
    /// @param toTheEnd whether to wait for the swaps, too
    int follow(boolean toTheEnd) throws InterruptedException {
        var ending = root.shell().ending();
        ending.arm();
        var output = root.output();
        output.note("request %s is told; ctrl-C leaves it to your agent".formatted(request));
        long version = -1;
        JsonNode purchase;
        do {
            var asked =
                    Json.object()
                            .put("request", request)
                            .put("version", version)
                            .put("waitMillis", NEWS_MILLIS);
            purchase = client.ask("exchange.requests", asked, ASK_LIMIT).path("requests").path(0);
            version = purchase.path("version").asLong();
            purchase.path("windows").forEach(this::show);
            if (isDone(purchase)) {
                break;
            }
        } while (!ending.await(Duration.ofMillis(1)));
        output.object(purchase);
        if (toTheEnd && !swaps.isEmpty()) {
            followSwaps();
        } else if (!swaps.isEmpty()) {
            output.note("the swaps go on: see rmb swaps --watch");
        }
        return swaps.isEmpty() ? Rmb.FAILED : Rmb.DONE;
    }

    /// Over, and each contract that was made is known.
    private static boolean isDone(JsonNode purchase) {
        for (var window : purchase.path("windows")) {
            var state = window.path("state").asText();
            boolean open = state.equals("committed") || state.equals("won");
            boolean unnamed = state.equals("contracted") && window.path("swap").asText().isEmpty();
            if (open || unnamed) {
                return false;
            }
        }
        return !purchase.path("state").asText().equals("open");
    }

    private void show(JsonNode window) {
        var swap = Replies.text(window, "swap");
        if (!swap.isEmpty()) {
            swaps.add(swap);
        }
        var state = Replies.text(window, "state");
        var text =
                switch (state) {
                    case "committed" ->
                            "bids %s a lot for %s, sealed until %s"
                                    .formatted(
                                            Replies.text(window, "lotPrice"),
                                            Replies.count(window.path("lots").asInt(), "lot"),
                                            Replies.text(window, "closesAt"));
                    case "won" ->
                            "won %s for %s, the contract is to come"
                                    .formatted(
                                            Replies.text(window, "gets"),
                                            Replies.text(window, "pays"));
                    case "contracted" ->
                            swap.isEmpty()
                                    ? "the seller has made the contract"
                                    : "contract signed, swap " + ExchangeTexts.id(window, "swap");
                    default -> state + ": " + Replies.text(window, "note");
                };
        if (!text.equals(shown.put(Replies.text(window, "window"), text))) {
            root.output().line("window %s  %s".formatted(ExchangeTexts.id(window, "window"), text));
        }
    }

    private void followSwaps() throws InterruptedException {
        var ending = root.shell().ending();
        var states = new HashMap<String, String>();
        boolean open;
        do {
            open = false;
            for (var swap : swaps) {
                var asked = Json.object().put("swap", swap);
                var answer = client.ask("swaps.show", asked);
                open |= !answer.path("over").asBoolean();
                var state = Replies.text(answer, "state");
                if (!state.equals(states.put(swap, state))) {
                    root.output().object(answer);
                    root.output()
                            .line("swap %s  %s".formatted(ExchangeTexts.id(answer, "swap"), state));
                }
            }
        } while (open && !ending.await(SWAPS_EVERY));
    }
}
