package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.OfferText;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.Quantity;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.search.SearchQuery;
import org.p2prmb.protocols.statements.Offering;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// `rmb find`: asks the network, through the owner's agent, who offers something.
@Command(
        name = "find",
        description = {
            "Ask the network who offers something.",
            "Agents are shown as they are found.",
            "Example: rmb find --tag barber --where city=ghent --limit 3 --timeout 5s"
        })
final class FindCommand implements Callable<Integer> {
    private static final Duration NEWS_WAIT = Duration.ofSeconds(2);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);
    private static final String ROW = "%-16s  %-52s  %-10s  %s";
    private static final int THOUSANDTHS = 1_000;

    private final RootCommand root;

    @Option(names = "--tag", required = true, paramLabel = "TAG", description = "What is offered.")
    private String tag = "";

    @Option(
            names = "--where",
            paramLabel = "KEY=VALUE",
            description = {
                "A criterion that must hold, such as city=ghent, price=30 or",
                "price=..40 for a range; may be repeated."
            })
    private List<String> where = new ArrayList<>();

    @Option(
            names = {"--limit", "--max"},
            paramLabel = "N",
            description = "Ends with so many agents.")
    private @Nullable Integer max;

    @Option(
            names = "--min-reputation",
            paramLabel = "R",
            description = "What an agent must be worth in your agent's eyes, 0 to 1.")
    private double minReputation;

    @Option(names = "--hops", paramLabel = "N", description = "How far to ask.")
    private @Nullable Integer hops;

    @Option(
            names = {"--timeout", "--wait"},
            paramLabel = "TIME",
            description = "How long to wait for answers, such as 5 s.")
    private @Nullable String wait;

    FindCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var arguments = arguments();
        var start = System.nanoTime();
        try (var client = OwnerClient.open(root)) {
            var search = Json.object();
            search.put("search", client.ask("search.start", arguments).path("search").asText());
            search.put("waitMillis", NEWS_WAIT.toMillis());
            var count = 0;
            JsonNode news;
            do {
                news = next(client, search, count == 0);
                for (var result : news.path("results")) {
                    show(result, count++ == 0);
                }
            } while (!news.path("done").asBoolean());
            root.output()
                    .note(
                            "%s found, %s asked, %d ms"
                                    .formatted(
                                            Replies.count(count, "agent"),
                                            Replies.count(
                                                    news.path("agentsAsked").asInt(), "agent"),
                                            (System.nanoTime() - start) / 1_000_000));
        }
        return Rmb.DONE;
    }

    private JsonNode next(OwnerClient client, ObjectNode search, boolean waiting) {
        if (!waiting) {
            return client.ask("search.next", search, ASK_LIMIT);
        }
        try (var _ = Progress.start(root, "asking the network")) {
            return client.ask("search.next", search, ASK_LIMIT);
        }
    }

    private ObjectNode arguments() {
        var condition = condition();
        var arguments = Json.object();
        arguments.put("tag", condition.tag());
        var criteria = arguments.putObject("where");
        condition.criteria().forEach(criteria::put);
        putInRange(arguments, "max", "limit", max, 1, SearchQuery.RESULTS_MAX);
        putInRange(arguments, "hops", "hops", hops, 0, SearchQuery.HOPS_MAX);
        if (!(minReputation >= 0 && minReputation <= 1)) {
            throw new UserException("--min-reputation is outside 0 to 1");
        }
        arguments.put("minReputation", (int) Math.round(minReputation * THOUSANDTHS));
        var limit = limit();
        if (wait != null) {
            arguments.put("waitMillis", limit.toMillis());
        }
        return arguments;
    }

    /// Shows a result as soon as it is there.
    private void show(JsonNode result, boolean first) {
        var output = root.output();
        output.object(result);
        if (first) {
            output.line(ROW.formatted("NAME", "PEER", "REPUTATION", "OFFERS"));
        }
        output.line(
                ROW.formatted(
                        Replies.name(result),
                        Replies.text(result, "peer"),
                        Replies.reputation(result),
                        offers(result)));
    }

    private static String offers(JsonNode result) {
        var offers = new ArrayList<String>();
        for (var offering : result.path("offerings")) {
            var criteria =
                    offering.path("criteria").properties().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue().asText())
                            .collect(Collectors.joining(","));
            offers.add(offering.path("tag").asText() + (criteria.isEmpty() ? "" : ":" + criteria));
        }
        return Printed.line(String.join(" ", offers));
    }

    private Offering condition() {
        try {
            var criteria = new TreeMap<String, String>();
            for (var text : where) {
                var entry = OfferText.criterion(text);
                if (criteria.put(entry.getKey(), entry.getValue()) != null) {
                    throw new IllegalArgumentException(
                            "%s is given twice".formatted(Printed.brief(entry.getKey())));
                }
            }
            return Offering.of(tag, Map.copyOf(criteria));
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private Duration limit() {
        if (wait == null) {
            return SearchQuery.PATIENCE_MAX;
        }
        try {
            var limit = Quantity.duration(wait);
            if (!limit.isPositive() || limit.compareTo(SearchQuery.PATIENCE_MAX) > 0) {
                throw new IllegalArgumentException("it is more than 0 and at most 30 s");
            }
            return limit;
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "--timeout '%s': %s".formatted(Printed.brief(wait), e.getMessage()), e);
        }
    }

    /// What is not given is for the agent's configuration to say.
    private static void putInRange(
            ObjectNode arguments,
            String name,
            String option,
            @Nullable Integer value,
            int least,
            int most) {
        if (value == null) {
            return;
        }
        if (value < least || value > most) {
            throw new UserException(
                    "--%s %d is outside %d to %d".formatted(option, value, least, most));
        }
        arguments.put(name, value);
    }
}
