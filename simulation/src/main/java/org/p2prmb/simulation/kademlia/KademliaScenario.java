package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Samples;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Crash;
import org.p2prmb.simulation.engine.Faults;
import org.p2prmb.simulation.engine.Progress;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.kademlia.Ledger.What;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// A DHT that agents join through a few bootstrap peers, of which a part dies in one moment, and
/// look-ups in what is left.
///
/// ```
///   0 ........... 3 min ....... 5 min .............. 6 min ... 7 min ................ 7 min + run
///   agents join   tables fill   values, providers    a rest    the dead die, then     the last
///                                                              look-ups begin         look-up
/// ```
public final class KademliaScenario implements Scenario {
    private static final Duration JOINING = Duration.ofMinutes(3);
    private static final Duration SETTLED = Duration.ofMinutes(5);
    private static final Duration PUBLISHING = Duration.ofMinutes(1);
    private static final Duration WARM_UP = Duration.ofMinutes(7);

    /// The last look-ups take as long as one may.
    private static final Duration GRACE = Duration.ofSeconds(65);

    private static final List<What> SOUGHT = List.of(What.values());
    private static final int PUBLISHED_MAX = 250;
    private static final int PROVIDERS_WANTED = 1;

    private final KademliaSettings settings;
    private final Simulation simulation;
    private final RandomGenerator random;
    private final Roles roles;
    private final World world;
    private final Attackers attackers;
    private final int[] publishers;
    private long lastQuery;

    public KademliaScenario(KademliaSettings settings) {
        this.settings = settings;
        var run = settings.run();
        int sybils = settings.attack() == Attack.ECLIPSE ? Crowd.SIZE : 0;
        simulation = new Simulation(run.seed(), run.agents() + sybils, this::build);
        simulation.faults(Faults.loss(run.loss()));
        random = simulation.random().split();
        roles = new Roles(settings, sybils, random);
        var directory = new Directory(simulation.random().split());
        for (int agent = 0; agent < run.agents(); agent++) {
            directory.add(1);
        }
        var guard = new Guard(directory, roles);
        attackers = new Attackers(settings.attack(), directory, roles, guard, random);
        world =
                new World(
                        directory,
                        roles,
                        KademliaConfig.defaults(),
                        Values.validators(),
                        guard,
                        new Ledger(simulation, directory, roles, guard));
        publishers = new int[Math.min(PUBLISHED_MAX, run.agents())];
        simulation.addInvariant(attackers::check);
    }

    private List<ProtocolNode> build(Simulation ofAgent, int agent) {
        var seat = new Seat(ofAgent, agent, 0);
        return List.of(new KademliaNode(world, seat, attackers.conduct(agent)));
    }

    @Override
    public Report run(Progress progress) {
        for (int agent = 0; agent < roles.agents(); agent++) {
            int joining = agent;
            var delay = roles.isBootstrap(agent) ? Duration.ZERO : within(JOINING);
            simulation.script(delay, () -> simulation.start(joining));
        }
        for (int sybil = roles.agents(); sybil < roles.seats(); sybil++) {
            int joining = sybil;
            simulation.script(within(JOINING), () -> simulation.start(joining));
        }
        publish();
        var time = settings.run().time();
        double whole = WARM_UP.plus(time).plus(GRACE).toMillis();
        double warm = WARM_UP.toMillis() / whole;
        simulation.run(WARM_UP, share -> progress.passed(share * warm));
        simulation.endWarmUp();
        for (int dying : roles.dying()) {
            simulation.crash(dying, Crash.SILENT);
        }
        for (int number = 0; number < settings.lookups(); number++) {
            simulation.script(within(time), this::lookUp);
        }
        simulation.run(time.plus(GRACE), share -> progress.passed(warm + share * (1 - warm)));
        return report();
    }

    private Duration within(Duration time) {
        return Duration.ofMillis(random.nextLong(time.toMillis()));
    }

    /// Some agents that will live store a value each and provide something each.
    private void publish() {
        for (int number = 0; number < publishers.length; number++) {
            int agent = roles.anySurvivor(random);
            publishers[number] = agent;
            var key = Values.key(number);
            var put = new Event.Put(++lastQuery, key, Values.value(key));
            var provide = new Event.Provide(++lastQuery, Values.providedKey(number));
            var at = SETTLED.plus(within(PUBLISHING));
            simulation.script(
                    at,
                    () -> {
                        simulation.after(agent, 0, Duration.ZERO, put);
                        simulation.after(agent, 0, Duration.ZERO, provide);
                    });
        }
    }

    private void lookUp() {
        int agent = attackers.looker(random);
        int other = roles.anySurvivor(random);
        while (other == agent) {
            other = roles.anySurvivor(random);
        }
        var what = SOUGHT.get(random.nextInt(SOUGHT.size()));
        int number = random.nextInt(publishers.length);
        long id = ++lastQuery;
        switch (what) {
            case PEER -> {
                var peer = world.directory().peer(other).id();
                begin(agent, what, peer.multihash(), other, new Event.FindPeer(id, peer));
            }
            case NEAREST -> {
                var key = world.directory().peer(other).id().multihash();
                begin(agent, what, key, other, new Event.FindNode(id, key));
            }
            case VALUE -> {
                var key = Values.key(number);
                begin(agent, what, key, publishers[number], new Event.Get(id, key));
            }
            case PROVIDER -> {
                var key = Values.providedKey(number);
                var find = new Event.FindProviders(id, key, PROVIDERS_WANTED);
                begin(agent, what, key, publishers[number], find);
            }
        }
    }

    private void begin(int agent, What what, Bytes key, int number, Event event) {
        world.ledger().begins(agent, lastQuery, what, key, number);
        simulation.after(agent, 0, Duration.ZERO, event);
    }

    private Report report() {
        var run = settings.run();
        var ledger = world.ledger();
        double agentSeconds = run.agents() * run.time().plus(GRACE).toSeconds();
        var report =
                new Report.Builder()
                        .text("scenario", "kademlia")
                        .count("agents", run.agents())
                        .count("seed", run.seed())
                        .count("minutes", run.minutes())
                        .measure("loss", run.loss() * 100)
                        .measure("dead", settings.dead() * 100)
                        .text("attack", settings.attack().toString())
                        .text("crypto", "none")
                        .count("lookups", ledger.begun())
                        .measure("successRate", share(ledger.succeeded(), ledger.begun()))
                        .group("successRates", successes(ledger))
                        .measure("nearestShare", ledger.nearestShare())
                        .group("requestDepth", quantiles(ledger.depths()))
                        .measure("messagesPerLookup", ledger.messagesPerLookup())
                        .seconds("seconds", ledger.millis(), "p50", "p99", "max")
                        .measure(
                                "bytesPerAgentPerSecond",
                                simulation.traffic().bytes() / agentSeconds)
                        .measure("tableSize", tableSize());
        attackers.report(report, simulation, ledger);
        return report.count("links", simulation.links())
                .count("events", simulation.events())
                .count("invariantViolations", 0)
                .build();
    }

    static double share(int part, int whole) {
        return whole == 0 ? 0 : part / (double) whole;
    }

    private static Report successes(Ledger ledger) {
        var rates = new Report.Builder();
        for (var what : What.values()) {
            rates.measure(what.toString(), share(ledger.succeeded(what), ledger.begun(what)));
        }
        return rates.build();
    }

    private static Report quantiles(Samples samples) {
        var group = new Report.Builder();
        if (samples.size() > 0) {
            group.count("p50", samples.quantileMillis(0.5))
                    .count("p99", samples.quantileMillis(0.99))
                    .count("max", samples.quantileMillis(1));
        }
        return group.build();
    }

    /// The mean over the living.
    private double tableSize() {
        long sum = 0;
        int living = 0;
        for (int agent = 0; agent < roles.agents(); agent++) {
            if (simulation.isUp(agent) && simulation.node(agent, 0) instanceof KademliaNode node) {
                world.guard().remembers(node.table());
                sum += node.table().size();
                living++;
            }
        }
        return sum / (double) living;
    }
}
