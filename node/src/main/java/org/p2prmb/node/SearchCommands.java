package org.p2prmb.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.SearchConfig;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.search.SearchQuery;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The commands around searches and what the agent itself offers (docs/handlers.md).
final class SearchCommands {
    private static final Duration SEARCH_WAIT = Duration.ofSeconds(5);
    private static final Duration NEWS_WAIT_MAX = Duration.ofSeconds(10);
    private static final int THOUSANDTHS = 1_000;
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final Agent agent;

    SearchCommands(Agent agent) {
        this.agent = agent;
    }

    void addTo(Map<String, Command> commands) {
        commands.put("search.find", (arguments, _) -> find(new Arguments(arguments)));
        commands.put("search.start", (arguments, _) -> start(new Arguments(arguments)));
        commands.put("search.next", (arguments, _) -> next(new Arguments(arguments)));
        commands.put("profile.set", (arguments, _) -> set(new Arguments(arguments)));
        commands.put("profile.show", (_, _) -> show());
        commands.put("profile.clear", (arguments, _) -> clear(new Arguments(arguments)));
    }

    private record Wish(SearchCondition condition, int hops, int max, Duration patience) {}

    private Wish wish(Arguments arguments, SearchConfig search) throws CommandException {
        var least = arguments.number("minReputation", 0, 0, THOUSANDTHS);
        try {
            var condition =
                    SearchCondition.of(arguments.text("tag"), arguments.texts("where"))
                            .withMinReputation(least / (double) THOUSANDTHS);
            var max = arguments.number("max", search.resultsMax(), 1, search.resultsMax());
            var hops = arguments.number("hops", search.hopsMax(), 0, SearchQuery.HOPS_MAX);
            var wait = SEARCH_WAIT.compareTo(search.waitMax()) < 0 ? SEARCH_WAIT : search.waitMax();
            var patience = arguments.millis("waitMillis", wait, search.waitMax());
            return new Wish(condition, hops, max, patience);
        } catch (IllegalArgumentException e) {
            throw new CommandException(CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
        }
    }

    private JsonNode find(Arguments arguments) throws CommandException, InterruptedException {
        var wish = wish(arguments, agent.config().search());
        var start = System.nanoTime();
        var answer = agent.find(wish.condition(), wish.hops(), wish.max(), wish.patience());
        var result = json.objectNode();
        result.set("results", found(answer.records()));
        effort(result, answer);
        result.put("millis", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        return result;
    }

    private static void effort(ObjectNode result, SearchAnswer answer) {
        result.put("agentsAsked", answer.agentsAsked());
        result.put("hops", answer.hops());
    }

    private JsonNode start(Arguments arguments) throws CommandException {
        var wish = wish(arguments, agent.config().search());
        try {
            var number =
                    agent.search()
                            .live()
                            .begin(wish.condition(), wish.hops(), wish.max(), wish.patience());
            return json.objectNode().put("search", Long.toString(number));
        } catch (IllegalStateException e) {
            throw new CommandException(CommandException.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private JsonNode next(Arguments arguments) throws CommandException, InterruptedException {
        var wait = arguments.millis("waitMillis", NEWS_WAIT_MAX, NEWS_WAIT_MAX);
        var news =
                agent.search()
                        .live()
                        .news(number(arguments.text("search")), wait)
                        .orElseThrow(() ->
                                new CommandException(
                                        CommandException.UNKNOWN, "there is no such search"));
        var result = json.objectNode();
        result.set("results", found(news.found()));
        result.put("done", news.end().isPresent());
        news.end().ifPresent(end -> effort(result, end));
        return result;
    }

    private static long number(String text) throws CommandException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw new CommandException(CommandException.ARGUMENTS, "'search' must be a number");
        }
    }

    private ArrayNode found(List<SignedContact> records) {
        var list = json.arrayNode();
        records.forEach(record -> list.add(found(record)));
        return list;
    }

    private ObjectNode found(SignedContact signed) {
        var record = signed.record();
        var known = agent.contacts().find(record.peer());
        var node = json.objectNode();
        node.put("peer", record.peer().toString());
        node.put("name", known.map(Contact::name).orElse(""));
        var addresses = node.putArray("addresses");
        record.addresses().stream().map(Multiaddr::toString).forEach(addresses::add);
        node.set("offerings", Profile.describe(record.offerings()));
        node.put("reputation", known.map(Contact::reputation).orElse(Contact.NEWCOMER_REPUTATION));
        return node;
    }

    private JsonNode set(Arguments arguments) throws CommandException {
        try {
            agent.search().offer(Offering.of(arguments.text("tag"), arguments.texts("where")));
        } catch (IllegalArgumentException e) {
            throw new CommandException(CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
        }
        return show();
    }

    private JsonNode show() {
        var record = agent.search().record();
        var node = json.objectNode();
        node.set("offerings", Profile.describe(record.offerings()));
        node.put("sequence", record.sequence());
        node.put("expires", record.expiresAt().toString());
        return node;
    }

    private JsonNode clear(Arguments arguments) throws CommandException {
        var cleared = agent.search().withdraw(arguments.optionalText("tag"));
        return json.objectNode().put("cleared", cleared);
    }
}
