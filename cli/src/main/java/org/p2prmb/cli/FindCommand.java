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
            "Example: rmb find --tag barber --where city=ghent"
        })
final class FindCommand implements Callable<Integer> {
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

    private final RootCommand root;

    @Option(names = "--tag", required = true, paramLabel = "TAG", description = "What is offered.")
    private String tag = "";

    @Option(
            names = "--where",
            paramLabel = "KEY=VALUE",
            description = "A criterion that must hold; may be repeated.")
    private List<String> where = new ArrayList<>();

    @Option(names = "--max", paramLabel = "N", description = "Agents at most.")
    private @Nullable Integer max;

    @Option(names = "--hops", paramLabel = "N", description = "How far to ask.")
    private @Nullable Integer hops;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description = "How long to wait for answers, such as 5 s.")
    private @Nullable String wait;

    FindCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var condition = condition();
        var limit = limit();
        var arguments = Json.object();
        arguments.put("tag", condition.tag());
        var criteria = arguments.putObject("where");
        condition.criteria().forEach(criteria::put);
        putInRange(arguments, "max", max, 1, SearchQuery.RESULTS_MAX);
        putInRange(arguments, "hops", hops, 0, SearchQuery.HOPS_MAX);
        if (wait != null) {
            arguments.put("waitMillis", limit.toMillis());
        }
        try (var client = OwnerClient.open(root)) {
            JsonNode answer;
            try (var _ = Progress.start(root, "asking the network")) {
                answer = client.ask("search.find", arguments, limit.plus(ANSWER_MARGIN));
            }
            print(answer);
        }
        return Rmb.DONE;
    }

    private void print(JsonNode answer) {
        var output = root.output();
        var results = answer.path("results");
        var table = new Table("NAME", "PEER", "OFFERS", "REPUTATION");
        for (var result : results) {
            output.object(result);
            table.row(
                    Replies.name(result),
                    Replies.text(result, "peer"),
                    offers(result),
                    Replies.reputation(result));
        }
        if (!table.isEmpty()) {
            table.lines().forEach(output::line);
        }
        output.note(
                "%s found, %s asked, %d ms"
                        .formatted(
                                Replies.count(results.size(), "agent"),
                                Replies.count(answer.path("agentsAsked").asInt(), "agent"),
                                answer.path("millis").asLong()));
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
                    "--wait '%s': %s".formatted(Printed.brief(wait), e.getMessage()), e);
        }
    }

    /// What is not given is for the agent's configuration to say.
    private static void putInRange(
            ObjectNode arguments, String name, @Nullable Integer value, int least, int most) {
        if (value == null) {
            return;
        }
        if (value < least || value > most) {
            throw new UserException(
                    "--%s %d is outside %d to %d".formatted(name, value, least, most));
        }
        arguments.put(name, value);
    }
}
