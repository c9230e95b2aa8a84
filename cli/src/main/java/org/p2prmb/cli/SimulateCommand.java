package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.LogFormat;
import org.p2prmb.node.config.Nearest;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.p2prmb.simulation.Crypto;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Violation;
import org.p2prmb.simulation.fairness.FairnessScenario;
import org.p2prmb.simulation.gossip.GossipScenario;
import org.p2prmb.simulation.kademlia.KademliaScenario;
import org.p2prmb.simulation.kademlia.KademliaSettings;
import org.p2prmb.simulation.liveness.LivenessScenario;
import org.p2prmb.simulation.reputation.ReputationScenario;
import org.p2prmb.simulation.search.SearchScenario;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;

/// `rmb simulate`: a whole network in virtual time, to see what it costs and how it fares.
@Command(
        name = "simulate",
        description = {
            "Run a whole network of simulated agents, from a seed, in virtual time.",
            "Scenarios: liveness (who is noticed dead, when, at which cost),",
            "kademlia (whether look-ups find what they look for, at which cost),",
            "gossip (whether messages of topics arrive, when, at which cost),",
            "search (whether searches find who offers something, at which cost),",
            "reputation (how many deals go bad when some agents cheat and lie),",
            "fairness (whether buyers of a sealed window win alike wherever they are),",
            "swap (whether anybody loses more than fees, whatever crashes)."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int PERCENT = 100;

    /// Scenarios of two parties, or of one seller and its buyers.
    private static final Set<String> WITHOUT_AGENTS = Set.of("swap", "fairness");

    private static final double KADEMLIA_DEAD_PERCENT = 10;

    private final RootCommand root;
    private final SequencedMap<String, Function<RunSettings, Scenario>> scenarios =
            new LinkedHashMap<>();

    @Parameters(
            paramLabel = "SCENARIO",
            description =
                    "What to run: liveness, kademlia, gossip, search, reputation, fairness"
                            + " or swap.")
    private String scenario = "";

    @Option(names = "--agents", paramLabel = "N", description = "How many agents (1000).")
    private int agents = 1_000;

    @Option(names = "--seed", paramLabel = "S", description = "Equal seeds, equal runs (1).")
    private long seed = 1;

    @Option(names = "--minutes", paramLabel = "M", description = "Virtual time to measure (10).")
    private int minutes = 10;

    @Option(names = "--loss", paramLabel = "PERCENT", description = "Frames that get lost (0).")
    private double loss;

    @Option(
            names = "--crypto",
            paramLabel = "KIND",
            description = "real, or model: a fast keyed hash (real up to 1000 agents).")
    private @Nullable String crypto;

    @Mixin private LivenessOptions liveness = new LivenessOptions();

    @Mixin private KademliaOptions kademlia = new KademliaOptions();

    @Mixin private SharedOptions shared = new SharedOptions();

    @Mixin private GossipOptions gossip = new GossipOptions();

    @Mixin private SearchOptions search = new SearchOptions();

    @Mixin private ReputationOptions reputation = new ReputationOptions();

    @Mixin private FairnessOptions fairness = new FairnessOptions();

    @Mixin private SwapOptions swap = new SwapOptions();

    SimulateCommand(RootCommand root) {
        this.root = root;
        scenarios.put("liveness", run -> new LivenessScenario(liveness.settings(run)));
        scenarios.put("kademlia", run -> new KademliaScenario(kademlia(run)));
        scenarios.put("gossip", run -> new GossipScenario(gossip.settings(run, liveness, shared)));
        scenarios.put("search", run -> new SearchScenario(search.settings(run, shared)));
        scenarios.put(
                "reputation",
                run ->
                        new ReputationScenario(
                                reputation.settings(run.agents(), run.seed(), shared)));
        scenarios.put(
                "fairness", run -> new FairnessScenario(fairness.settings(run.seed(), shared)));
        scenarios.put("swap", run -> swap.scenario(run.seed()));
    }

    private KademliaSettings kademlia(RunSettings run) {
        return kademlia.settings(run, liveness.dead(KADEMLIA_DEAD_PERCENT), shared);
    }

    @Override
    public Integer call() {
        root.startLogging(LogFormat.TEXT);
        var report = new LinkedHashMap<String, Figure>();
        try (var bar = ProgressBar.start(root, label())) {
            report.putAll(prepared().run(bar::show).figures());
        } catch (Violation e) {
            violated(String.valueOf(e.getMessage()));
            return Rmb.FAILED;
        }
        show(new Report(report));
        return isWhole(report) ? Rmb.DONE : Rmb.FAILED;
    }

    private String label() {
        return WITHOUT_AGENTS.contains(scenario)
                ? scenario
                : "%s, %,d agents".formatted(scenario, agents);
    }

    /// Whether the scenario found nothing that must not be.
    private static boolean isWhole(Map<String, Figure> report) {
        return !(report.get("violations") instanceof Figure.Count(var count)) || count == 0;
    }

    private Scenario prepared() {
        var make = scenarios.get(scenario);
        if (make == null) {
            var hint =
                    Nearest.to(scenario, scenarios.keySet()).map(" (did you mean %s?)"::formatted);
            throw new UserException(
                    "there is no scenario '%s'%s: the scenarios are %s"
                            .formatted(
                                    Printed.brief(scenario),
                                    hint.orElse(""),
                                    String.join(", ", scenarios.keySet())));
        }
        try {
            return make.apply(new RunSettings(agents, seed, minutes, loss / PERCENT, crypto()));
        } catch (IllegalArgumentException e) {
            throw new UserException("cannot simulate that: " + e.getMessage(), e);
        }
    }

    private Crypto crypto() {
        return switch (crypto) {
            case null -> Crypto.fitting(agents);
            case "real" -> Crypto.REAL;
            case "model" -> Crypto.MODEL;
            default ->
                    throw new UserException(
                            "--crypto '%s' is neither real nor model"
                                    .formatted(Printed.brief(crypto)));
        };
    }

    private void violated(String message) {
        var output = root.output();
        var object = Json.object();
        object.put("scenario", scenario).put("agents", agents).put("seed", seed);
        object.put("invariantViolations", 1).put("violation", message);
        output.object(object);
        output.complaint("violation", "an invariant does not hold: " + Printed.line(message));
    }

    private void show(Report report) {
        var output = root.output();
        output.object(json(report));
        var table = new Table("figure", "value");
        rows(table, "", report.figures());
        table.lines().forEach(output::line);
    }

    private static ObjectNode json(Report report) {
        var object = Json.object();
        report.figures()
                .forEach((name, figure) -> {
                    switch (figure) {
                        case Figure.Count(var value) -> object.put(name, value);
                        case Figure.Measure(var value) -> object.put(name, value);
                        case Figure.Text(var value) -> object.put(name, value);
                        case Figure.None() -> object.putNull(name);
                        case Figure.Group(var group) -> object.set(name, json(group));
                        case Figure.Row(var row) -> object.set(name, json(row));
                    }
                });
        return object;
    }

    private static ArrayNode json(List<Figure> row) {
        var array = Json.array();
        for (var figure : row) {
            switch (figure) {
                case Figure.Count(var value) -> array.add(value);
                case Figure.Measure(var value) -> array.add(value);
                case Figure.Text(var value) -> array.add(value);
                case Figure.None() -> array.addNull();
                case Figure.Group(var group) -> array.add(json(group));
                case Figure.Row(var inner) -> array.add(json(inner));
            }
        }
        return array;
    }

    private static void rows(Table table, String prefix, Map<String, Figure> figures) {
        figures.forEach((name, figure) -> {
            switch (figure) {
                case Figure.Count(var value) -> table.row(prefix + name, "" + value);
                case Figure.Measure(var value) -> table.row(prefix + name, "" + value);
                case Figure.Text(var value) -> table.row(prefix + name, value);
                case Figure.None() -> table.row(prefix + name, "-");
                case Figure.Group(var group) -> rows(table, prefix + name + " ", group.figures());
                case Figure.Row(var row) -> {
                    var numbered = new LinkedHashMap<String, Figure>();
                    row.forEach(each -> numbered.put("" + (numbered.size() + 1), each));
                    rows(table, prefix + name + " ", numbered);
                }
            }
        });
    }
}
