package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Locale;
import java.util.concurrent.Callable;

/// `rmb reputation`: what the owner's agent thinks of others, and why.
@Command(
        name = "reputation",
        description = {"What your agent thinks of another one, and why."})
final class ReputationCommand implements Callable<Integer> {
    private static final double TRADE_MIN = 0.30;
    private static final double OFFER_MIN = 0.20;

    private final RootCommand root;

    ReputationCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        throw new UserException("say of whom: rmb reputation show PEER");
    }

    @Command(
            name = "show",
            description = {
                "Explain a score: each term of it, and each report.",
                "Example: rmb reputation show alice"
            })
    int show(
            @Parameters(paramLabel = "PEER", description = "Peer id, or a contact's name.")
                    String peer,
            @Option(names = "--offline", description = "Do not ask other agents first.")
                    boolean offline)
            throws InterruptedException {
        var arguments = Json.object();
        arguments.put("peer", PeerText.checked(peer));
        arguments.put("ask", offline ? 0 : 1);
        try (var client = OwnerClient.open(root)) {
            var answer = client.ask("reputation.show", arguments);
            root.output().object(answer);
            show(answer);
        }
        return Rmb.DONE;
    }

    private void show(JsonNode answer) {
        var output = root.output();
        var score = answer.path("score").asDouble();
        var name = Replies.name(answer);
        output.line("%s %s".formatted(name, Replies.text(answer, "peer")));
        output.line(
                "score %s = (G + 1) / (G + 3 B + 2.5): %s"
                        .formatted(number(score), judgement(score)));
        output.line("at most %d USD in flight".formatted(answer.path("limitCents").asLong() / 100));
        output.line("");
        var terms = answer.path("terms");
        var table = new Table("FOR", "", "AGAINST", "");
        row(table, terms, "own good deals", "ownGood", "own bad deals", "ownBad");
        row(table, terms, "reporters you know", "knownGood", "reporters you know", "knownBad");
        row(table, terms, "unknown reporters", "unknownGood", "unknown reporters", "unknownBad");
        row(table, terms, "verified swaps", "settled", "verified faults", "faults");
        table.row("G", number(answer.path("good").asDouble()), "B", number(bad(answer)));
        table.lines().forEach(output::line);
        output.line("");
        reports(answer.path("reports"));
    }

    private static double bad(JsonNode answer) {
        return answer.path("bad").asDouble();
    }

    private static void row(
            Table table, JsonNode terms, String pro, String good, String contra, String bad) {
        table.row(
                pro,
                number(terms.path(good).asDouble()),
                contra,
                number(terms.path(bad).asDouble()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static String judgement(double score) {
        if (score < OFFER_MIN) {
            return "its offers are not shown";
        }
        return score < TRADE_MIN ? "no deals with it" : "deals are possible";
    }

    private void reports(JsonNode reports) {
        var output = root.output();
        var table = new Table("DAY", "KIND", "VERIFIED", "USD", "REPORTER", "ITS WORD");
        for (var report : reports) {
            table.row(
                    Replies.text(report, "day"),
                    Replies.text(report, "kind"),
                    report.path("verified").asBoolean() ? "yes" : "no",
                    "" + report.path("amountUsdCents").asLong() / 100,
                    report.path("own").asBoolean() ? "you" : Replies.text(report, "reporter"),
                    word(report));
        }
        if (table.isEmpty()) {
            output.note("no reports");
        } else {
            table.lines().forEach(output::line);
        }
    }

    /// What the reporter's word is worth.
    private static String word(JsonNode report) {
        if (report.path("own").asBoolean()) {
            return "experience";
        }
        if (!report.path("counts").asBoolean()) {
            return "no stamp, not counted";
        }
        var record =
                "right %d of %d times"
                        .formatted(
                                report.path("agreed").asInt(),
                                report.path("agreed").asInt() + report.path("disagreed").asInt());
        return report.path("known").asBoolean()
                ? "weight %s, %s".formatted(number(report.path("weight").asDouble()), record)
                : "unknown";
    }
}
