package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.LivenessConfig;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Faults;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Progress;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/// A network of agents that watch each other, and what befalls it.
///
/// ```
///   0 ........... 40 s ............ 2 min ........................ 2 min + run
///   agents join   hot contacts      troubles, measured             last deaths are noticed
/// ```
public final class LivenessScenario implements Scenario {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final int JOIN_MILLIS = 30_000;
    private static final int HOT_MILLIS = 20_000;
    private static final int SKEW_SECONDS = 300;

    /// Far above what hot contacts, subscribers and watchers come to.
    private static final int LINKS_MAX = 2_048;

    private final LivenessSettings settings;
    private final Simulation simulation;
    private final Population population;
    private final Contacts[] contacts;
    private final Fates fates;
    private final Conspiracy conspiracy = new Conspiracy();
    private final Ledger ledger;
    private final World world;
    private final Troublemaker troublemaker;

    public LivenessScenario(LivenessSettings settings) {
        this.settings = settings;
        var run = settings.run();
        simulation = new Simulation(run.seed(), run.agents(), this::build);
        simulation.faults(Faults.loss(run.loss()));
        simulation.addInvariant(LivenessScenario::checkLinks);
        population = new Population(run.seed(), run.agents());
        var random = simulation.random().split();
        contacts = new Contacts[run.agents()];
        Arrays.setAll(contacts, agent -> contacts(agent, random));
        fates = new Fates(run.agents(), settings.troubles(), random);
        ledger = new Ledger(simulation, contacts, fates.stalling());
        world =
                new World(
                        simulation,
                        population,
                        run.crypto().signatures(),
                        LivenessConfig.of(INTERVAL),
                        ledger);
        troublemaker = new Troublemaker(simulation, settings, fates, ledger, this::start, random);
    }

    private Contacts contacts(int agent, RandomGenerator random) {
        int others = settings.run().agents() - 1;
        int wanted = Math.min(settings.hot(), others);
        var chosen = new LinkedHashSet<Integer>();
        while (chosen.size() < wanted) {
            int other = random.nextInt(others);
            chosen.add(other < agent ? other : other + 1);
        }
        return new Contacts(chosen.stream().mapToInt(Integer::intValue).sorted().toArray());
    }

    private static void checkLinks(Simulation simulation, int agent) {
        if (simulation.links(agent) > LINKS_MAX) {
            throw new Violation("more than %d connections".formatted(LINKS_MAX));
        }
    }

    private List<ProtocolNode> build(Simulation ofAgent, int agent) {
        var seat = new Seat(ofAgent, agent, 0);
        var conduct = fates.malicious()[agent] ? new Liar(world, seat, conspiracy) : Conduct.HONEST;
        return List.of(new LivenessNode(world, seat, conduct));
    }

    @Override
    public Report run(Progress progress) {
        var random = simulation.random().split();
        for (int agent = 0; agent < simulation.agents(); agent++) {
            int joining = agent;
            simulation.skew(
                    agent, Duration.ofSeconds(random.nextInt(-SKEW_SECONDS, SKEW_SECONDS + 1)));
            simulation.script(Duration.ofMillis(random.nextInt(JOIN_MILLIS)), () -> start(joining));
        }
        double warmUpShare =
                WARM_UP.toMillis() / (double) WARM_UP.plus(settings.run().time()).toMillis();
        simulation.run(WARM_UP, share -> progress.passed(share * warmUpShare));
        simulation.endWarmUp();
        ledger.measureFromNow();
        troublemaker.arrange();
        simulation.run(
                settings.run().time(),
                share -> progress.passed(warmUpShare + share * (1 - warmUpShare)));
        ledger.close();
        return report();
    }

    /// Starts an agent, which soon names its hot contacts.
    private void start(int agent) {
        ledger.started(agent);
        simulation.start(agent);
        long joined = Math.max(0, JOIN_MILLIS - simulation.elapsed().toMillis());
        var delay = Duration.ofMillis(joined + simulation.random().nextInt(HOT_MILLIS));
        simulation.after(agent, 0, delay, new Event.Hot(hot(agent)));
    }

    private Set<PeerId> hot(int agent) {
        var peers = new LinkedHashSet<PeerId>();
        for (int place = 0; place < contacts[agent].size(); place++) {
            int peer = contacts[agent].peer(place);
            peers.add(population.peer(peer));
        }
        return peers;
    }

    private Report report() {
        var run = settings.run();
        var traffic = simulation.traffic();
        double seconds = Math.max(1, ledger.agentSeconds());
        var report =
                new Report.Builder()
                        .text("scenario", "liveness")
                        .count("agents", run.agents())
                        .count("seed", run.seed())
                        .count("minutes", run.minutes())
                        .measure("loss", run.loss() * 100)
                        .text("crypto", run.crypto().toString())
                        .measure("agentHours", ledger.agentSeconds() / 3_600)
                        .measure("bytesPerAgentPerSecond", traffic.bytes() / seconds)
                        .measure(
                                "busiestMinuteBytesPerAgentPerSecond",
                                traffic.minuteBytesMax() / 60.0 / run.agents())
                        .count("windowBytesP999", traffic.windowBytes(0.999, (long) seconds))
                        .count("windowBytesMax", traffic.windowBytesMax())
                        .count("removals", ledger.removal().size())
                        .seconds("removalSeconds", ledger.removal(), "p50", "p99", "max")
                        .seconds("leaveSeconds", ledger.leave(), "p50", "p99", "max")
                        .seconds("restoredSeconds", ledger.restored(), "p50", "p99", "max")
                        .count("falseRemovals", ledger.falseRemovals())
                        .count("falseRemovalsStalling", ledger.falseRemovalsStalling())
                        .count("handedOutDeadAfter60Seconds", ledger.handedOutDead())
                        .count("forgedObituaries", conspiracy.obituaries())
                        .count("links", simulation.links())
                        .count("events", simulation.events());
        if (!ledger.firstFalse().isEmpty()) {
            report.text("firstFalseRemoval", ledger.firstFalse());
        }
        return report.count("invariantViolations", 0).build();
    }
}
