package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/// `rmb swaps`: the swaps of the owner's agent.
@Command(
        name = "swaps",
        description = {
            "List your agent's swaps: those that are open, then those that are over.",
            "Example: rmb swaps --watch"
        })
final class SwapsCommand implements Callable<Integer> {
    private static final int LISTED_MAX = 1_000;
    private static final Duration WATCH_EVERY = Duration.ofSeconds(1);

    private final RootCommand root;

    @Option(names = "--max", paramLabel = "N", description = "Swaps at most (${DEFAULT-VALUE}).")
    private int max = 50;

    @Option(
            names = "--watch",
            description = "Show each change, until all swaps are over or ctrl-C.")
    private boolean watch;

    SwapsCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (max < 1 || max > LISTED_MAX) {
            throw new UserException("--max %d is outside 1 to %d".formatted(max, LISTED_MAX));
        }
        try (var client = OwnerClient.open(root)) {
            if (watch) {
                watch(client);
            } else {
                list(client);
            }
        }
        return Rmb.DONE;
    }

    private ObjectNode asked(OwnerClient client) {
        return client.ask("swaps.list", Json.object().put("max", max));
    }

    private void list(OwnerClient client) {
        var output = root.output();
        var answer = asked(client);
        var table = new Table("SWAP", "ROLE", "GIVES", "GETS", "STATE", "SINCE", "NEXT", "PEER");
        for (var swap : answer.path("swaps")) {
            output.object(swap);
            table.row(
                    SwapTexts.id(swap),
                    Replies.text(swap, "role"),
                    SwapTexts.amount(swap.path("gives")),
                    SwapTexts.amount(swap.path("gets")),
                    Replies.text(swap, "state"),
                    SwapTexts.time(swap.path("since")),
                    SwapTexts.next(swap),
                    SwapTexts.peer(swap));
        }
        if (table.isEmpty()) {
            output.note("no swaps yet");
        } else {
            table.lines().forEach(output::line);
        }
        for (var refused : answer.path("refused")) {
            output.note(
                    "not signed: the contract %s of %s: %s"
                            .formatted(
                                    SwapTexts.id(refused),
                                    SwapTexts.peer(refused),
                                    Replies.text(refused, "why")));
        }
    }

    private void watch(OwnerClient client) throws InterruptedException {
        var ending = root.shell().ending();
        ending.arm();
        var shown = new HashMap<String, String>();
        boolean open;
        do {
            open = false;
            for (var swap : asked(client).path("swaps")) {
                open |= !swap.path("over").asBoolean();
                change(swap, shown);
            }
        } while (open && !ending.await(WATCH_EVERY));
        root.output().note(open ? "the swaps go on" : "no swap is open");
    }

    private void change(JsonNode swap, Map<String, String> shown) {
        var state = Replies.text(swap, "state");
        if (!state.equals(shown.put(Replies.text(swap, "swap"), state))) {
            root.output().object(swap);
            root.output()
                    .line(
                            "%s  %s  %s %s for %s: %s%s"
                                    .formatted(
                                            SwapTexts.time(swap.path("since")),
                                            SwapTexts.id(swap),
                                            Replies.text(swap, "role"),
                                            SwapTexts.amount(swap.path("gives")),
                                            SwapTexts.amount(swap.path("gets")),
                                            state,
                                            swap.path("over").asBoolean()
                                                    ? ""
                                                    : "; " + SwapTexts.next(swap)));
        }
    }

    @Command(
            name = "show",
            description = {
                "Show one swap: what happened when, both locks, and what comes next.",
                "Example: rmb swaps show 3fa9"
            })
    int show(
            @Parameters(paramLabel = "ID", description = "The swap's id, or how it begins.")
                    String id) {
        try (var client = OwnerClient.open(root)) {
            var swap = client.ask("swaps.show", Json.object().put("swap", SwapTexts.checkedId(id)));
            root.output().object(swap);
            show(swap);
        }
        return Rmb.DONE;
    }

    private void show(JsonNode swap) {
        var output = root.output();
        output.line("swap %s".formatted(Replies.text(swap, "swap")));
        output.line(
                "%s: gives %s, gets %s, %d USD, with %s"
                        .formatted(
                                Replies.text(swap, "role"),
                                SwapTexts.amount(swap.path("gives")),
                                SwapTexts.amount(swap.path("gets")),
                                swap.path("usdCents").asLong() / 100,
                                SwapTexts.peer(swap)));
        output.line("next: " + SwapTexts.next(swap));
        if (swap.has("refundFrom")) {
            output.line("a refund is possible from " + SwapTexts.time(swap.path("refundFrom")));
        }
        output.line("");
        var timeline = new Table("SINCE", "STATE");
        for (var moment : swap.path("timeline")) {
            timeline.row(SwapTexts.time(moment.path("at")), Replies.text(moment, "state"));
        }
        timeline.lines().forEach(output::line);
        output.line("");
        var locks = new Table("LOCK", "AMOUNT", "ON CHAIN", "REFUND AT", "CHAIN", "REF");
        for (var lock : swap.path("locks")) {
            locks.row(
                    lock.path("own").asBoolean() ? "ours" : "theirs",
                    SwapTexts.amount(lock),
                    SwapTexts.seen(lock),
                    SwapTexts.time(lock.path("refundAt")),
                    Replies.text(lock, "chain"),
                    Replies.text(lock, "ref").isEmpty() ? "-" : Replies.text(lock, "ref"));
        }
        locks.lines().forEach(output::line);
    }
}
