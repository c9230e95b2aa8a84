package org.p2prmb.simulation.gossip;

import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Progress;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Simulation;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// A network of agents that publish to topics, and what befalls it.
///
/// ```
///   0 ........... 30 s ......... 1 min ......... 1 min 10 s ....... 1 min + run ...... 10 s more
///   agents join   publishing     measured,       sudden attacks,    nothing more       the last
///                 begins         troubles        the partition      is published       arrive
/// ```
public final class GossipScenario implements Scenario {
    private static final Duration JOINING = Duration.ofSeconds(30);
    private static final Duration WARM_UP = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration COLD = Duration.ofSeconds(5);

    /// After the beginning of the measured time.
    private static final Duration ATTACK_BEGINS = Duration.ofSeconds(10);

    private static final Duration CENSUS_EVERY = Duration.ofSeconds(10);
    private static final int SKEW_SECONDS = 300;
    private static final int TRIES = 50;
    private static final double MICROS_PER_SECOND = 1_000_000;

    private final GossipSettings settings;
    private final Simulation simulation;
    private final RandomGenerator random;
    private final Roles roles;
    private final Ledger ledger;
    private final World world;
    private final Troublemaker troublemaker;
    private final Census census = new Census();
    private long published;
    private boolean over;

    public GossipScenario(GossipSettings settings) {
        this.settings = settings;
        var run = settings.run();
        simulation = new Simulation(run.seed(), run.agents(), this::build);
        simulation.faults(settings.faults());
        random = simulation.random().split();
        roles = new Roles(settings, random);
        ledger = new Ledger(simulation, roles);
        world = new World(settings, new Population(run.seed(), run.agents()), roles, ledger);
        troublemaker = new Troublemaker(simulation, settings, roles, ledger, this::start, random);
        simulation.addInvariant(GossipScenario::check);
    }

    private List<ProtocolNode> build(Simulation ofAgent, int agent) {
        var seat = new Seat(ofAgent, agent, 0);
        boolean sybil = roles.isAttacker(agent) && settings.attack() != Attack.FLASH;
        return List.of(sybil ? new Sybil(world, seat) : new GossipNode(world, seat));
    }

    private static void check(Simulation ofAgent, int agent) {
        if (ofAgent.isUp(agent) && ofAgent.node(agent, 0) instanceof GossipNode node) {
            node.check();
        }
    }

    @Override
    public Report run(Progress progress) {
        for (int agent = 0; agent < simulation.agents(); agent++) {
            int joining = agent;
            int skew = random.nextInt(-SKEW_SECONDS, SKEW_SECONDS + 1);
            simulation.skew(agent, Duration.ofSeconds(skew));
            simulation.script(joining(agent), () -> start(joining));
        }
        simulation.script(JOINING, this::publish);
        var time = settings.run().time();
        double whole = WARM_UP.plus(time).plus(GRACE).toMillis();
        double warm = WARM_UP.toMillis() / whole;
        double measured = time.toMillis() / whole;
        simulation.run(WARM_UP, share -> progress.passed(share * warm));
        simulation.endWarmUp();
        ledger.measureFromNow();
        troublemaker.arrange();
        if (settings.attack() == Attack.FLASH) {
            simulation.script(ATTACK_BEGINS, world::flash);
        }
        simulation.script(CENSUS_EVERY, this::count);
        simulation.run(time, share -> progress.passed(warm + share * measured));
        over = true;
        ledger.endMeasuring();
        long bytes = simulation.traffic().bytes();
        double rest = warm + measured;
        simulation.run(GRACE, share -> progress.passed(rest + share * (1 - rest)));
        return report(bytes);
    }

    private Duration joining(int agent) {
        var attack = settings.attack();
        var moment = Duration.ofMillis(random.nextInt((int) JOINING.toMillis()));
        if (roles.isAttacker(agent) && attack.isSudden() && attack != Attack.FLASH) {
            return WARM_UP.plus(ATTACK_BEGINS);
        }
        if (attack == Attack.COLD_BOOT && settings.attackers() > 0) {
            return roles.isAttacker(agent) || COLD.compareTo(moment) > 0 ? cold(agent) : moment;
        }
        return moment;
    }

    private Duration cold(int agent) {
        return roles.isAttacker(agent) ? Duration.ZERO : COLD;
    }

    private void start(int agent) {
        if (!simulation.isUp(agent)) {
            ledger.started(agent);
            simulation.start(agent);
        }
    }

    /// One message by an honest agent that is well, and the next after a random while.
    private void publish() {
        if (over) {
            return;
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            int agent = roles.anyHonest(random);
            if (ledger.isSettled(agent)) {
                var event = new GossipNode.Publish(roles.anyTopic(agent, random), published++);
                simulation.after(agent, 0, Duration.ZERO, event);
                break;
            }
        }
        double micros = MICROS_PER_SECOND / settings.load().messagesPerSecond();
        long pause = (long) (micros * (0.5 + random.nextDouble()));
        simulation.script(Duration.ofNanos(1_000 * pause), this::publish);
    }

    private void count() {
        if (over) {
            return;
        }
        for (int agent = 0; agent < simulation.agents(); agent++) {
            if (!roles.isAttacker(agent)
                    && ledger.isSettled(agent)
                    && simulation.node(agent, 0) instanceof GossipNode node) {
                for (int topic : roles.topics(agent)) {
                    census.count(node.degree(topic), node.attackers(topic));
                }
            }
        }
        simulation.script(CENSUS_EVERY, this::count);
    }

    private Report report(long bytes) {
        var run = settings.run();
        var load = settings.load();
        double seconds = Math.max(1, ledger.agentSeconds());
        var report =
                new Report.Builder()
                        .text("scenario", "gossip")
                        .count("agents", run.agents())
                        .count("seed", run.seed())
                        .count("minutes", run.minutes())
                        .measure("loss", run.loss() * 100)
                        .text("crypto", run.crypto().toString())
                        .count("topics", load.topics())
                        .text("attack", settings.attackers() > 0 ? "" + settings.attack() : "none")
                        .measure("attackers", settings.attackers() * 100)
                        .count("messages", ledger.outcomes().size())
                        .count("deliveries", ledger.delays().total())
                        .measure("deliveryRate", ledger.outcomes().rate());
        ledger.delays().report(report, "deliverySeconds");
        report.measure("duplicatesPerDelivery", ledger.duplicatesPerDelivery())
                .measure("bytesPerAgentPerSecond", bytes / seconds)
                .measure("controlBytesPerAgentPerSecond", ledger.controlBytes() / seconds)
                .group("meshDegree", census.degrees())
                .measure("meshAttackers", census.attackers());
        since(report, "healedSeconds", healed());
        since(report, "recoveredSeconds", attacked());
        return report.count("forgeriesRefused", ledger.forgeries())
                .count("links", simulation.links())
                .count("events", simulation.events())
                .count("invariantViolations", 0)
                .build();
    }

    /// The end of the partition, or zero.
    private Duration healed() {
        int minutes = settings.troubles().partitionMinutes();
        return minutes == 0
                ? Duration.ZERO
                : WARM_UP.plus(Troublemaker.PARTITION_BEGINS).plusMinutes(minutes);
    }

    /// The moment of a sudden attack, or zero.
    private Duration attacked() {
        return settings.attackers() > 0 && settings.attack().isSudden()
                ? WARM_UP.plus(ATTACK_BEGINS)
                : Duration.ZERO;
    }

    private void since(Report.Builder report, String name, Duration moment) {
        if (moment.isZero()) {
            report.none(name);
            return;
        }
        long end = WARM_UP.plus(settings.run().time()).toNanos() / 1_000;
        report.measure(name, ledger.outcomes().secondsToGoal(moment.toNanos() / 1_000, end));
    }
}
