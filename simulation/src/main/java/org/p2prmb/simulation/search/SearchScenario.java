package org.p2prmb.simulation.search;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KademliaMachine;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Scenario;
import org.p2prmb.simulation.engine.Crash;
import org.p2prmb.simulation.engine.Faults;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Progress;
import org.p2prmb.simulation.engine.ProtocolNode;
import org.p2prmb.simulation.engine.Seat;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.kademlia.KademliaNode;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A network in which agents search for what others offer, while some die and others take their
/// places.
///
/// ```
///   0 ........... 3 min ................. 7 min ....... 10 min ............ half ........ the end
///   agents join   they provide their tags     a rest    searches, deaths    measured      a rest
/// ```
public final class SearchScenario implements Scenario {
    private static final Duration JOINING = Duration.ofMinutes(3);
    private static final Duration PROVIDING = Duration.ofMinutes(4);
    private static final Duration WARM_UP = Duration.ofMinutes(10);

    /// A newcomer says what it provides so long after it joined.
    private static final Duration SETTLING = Duration.ofSeconds(20);

    private static final Duration GRACE = Duration.ofSeconds(12);

    /// Each agent searches once in so many seconds, on average: so that an agent of ten lives for
    /// two hours when 2 % are replaced with each 1,000 searches of 10,000 agents.
    private static final double SECONDS_BETWEEN_SEARCHES = 1_440;

    private static final Bytes TAG_PREFIX = Bytes.hex("1220");

    private final SearchSettings settings;
    private final Simulation simulation;
    private final RandomGenerator random;
    private final World world;
    private final Duration betweenQueries;
    private final Eclipse eclipse;
    private int nextSeat;
    private int asked;
    private double deathsDue;
    private int deaths;

    public SearchScenario(SearchSettings settings) {
        this.settings = settings;
        var run = settings.run();
        simulation = new Simulation(run.seed(), settings.seats(), this::build);
        simulation.faults(Faults.loss(run.loss()));
        random = simulation.random().split();
        var population = new Population(run.seed(), settings.seats());
        var workload = new Workload(settings.tags(), run.agents(), random);
        world = new World(simulation, settings, population, workload, random);
        eclipse = new Eclipse(world, run.agents(), key(eclipsedTag()));
        betweenQueries = Duration.ofNanos((long) (SECONDS_BETWEEN_SEARCHES * 1e9 / run.agents()));
    }

    /// One that is neither often nor seldom sought.
    private int eclipsedTag() {
        return settings.tags() / 2;
    }

    private static Bytes key(int tag) {
        return TAG_PREFIX.concat(SearchCondition.tagKey(Workload.name(tag)));
    }

    private List<ProtocolNode> build(Simulation ofAgent, int agent) {
        var kademlia = new Seat(ofAgent, agent, World.KADEMLIA);
        var search = new Seat(ofAgent, agent, World.SEARCH);
        return switch (settings.policy()) {
            case STAGED ->
                    List.of(
                            new KademliaNode(
                                    world,
                                    kademlia,
                                    (_, honest) -> answer(world.conduct(agent), honest)),
                            new SearchNode(world, search));
            case FLOOD -> List.of(new Idle(), new FloodNode(world, search));
        };
    }

    private Bytes answer(Conduct conduct, KadMessage honest) {
        return switch (conduct) {
            case ECLIPSING -> eclipse.answer(honest);
            case HONEST -> KadCodec.encode(honest);
            case SILENT -> Bytes.EMPTY;
            case LYING ->
                    KadCodec.encode(honest.answeredWith(Optional.empty(), List.of(), List.of()));
        };
    }

    @Override
    public Report run(Progress progress) {
        int agents = settings.run().agents();
        int bad = (int) Math.round(agents * settings.malicious());
        for (int place = 0; place < agents; place++) {
            // The first ones are those through whom all others join.
            int fromLast = agents - 1 - place;
            var conduct =
                    fromLast >= bad
                            ? Conduct.HONEST
                            : fromLast % 2 == 0 ? Conduct.SILENT : Conduct.LYING;
            int joining = place;
            var delay = place < 3 ? Duration.ZERO : within(JOINING);
            simulation.script(delay, () -> join(joining, conduct, within(PROVIDING)));
        }
        var asking = betweenQueries.multipliedBy(settings.queries());
        simulation.script(WARM_UP, this::ask);
        var whole = WARM_UP.plus(asking).plus(GRACE);
        simulation.run(whole, progress);
        return report(asking.dividedBy(2));
    }

    private Duration within(Duration time) {
        return Duration.ofMillis(random.nextLong(time.toMillis()));
    }

    private void join(int place, Conduct conduct, Duration providesAfter) {
        int seat = nextSeat++;
        boolean sybil =
                settings.eclipse()
                        && eclipse.isSybil(world.peer(seat))
                        && seat < settings.run().agents();
        world.seat(seat, place, sybil ? Conduct.ECLIPSING : conduct);
        simulation.start(seat);
        world.neighbourhood().joined(seat);
        if (settings.policy() == Policy.STAGED) {
            for (int tag : world.workload().offered(place)) {
                var provide = new KademliaMachine.Event.Provide(world.nextId(), key(tag));
                simulation.after(seat, World.KADEMLIA, SETTLING.plus(providesAfter), provide);
            }
        }
    }

    private void ask() {
        if (asked == settings.queries() / 2) {
            simulation.endWarmUp();
            world.ledger().begin();
        }
        if (asked++ >= settings.queries()) {
            return;
        }
        boolean eclipsed = settings.eclipse() && asked % 4 == 0;
        int tag = eclipsed ? eclipsedTag() : world.workload().soughtTag(random);
        int asker = world.neighbourhood().any();
        while (world.conduct(asker) != Conduct.HONEST
                || world.workload().offers(world.place(asker), tag)) {
            asker = world.neighbourhood().any();
        }
        var wanted = new SearchNode.Wanted(tag, eclipsed);
        simulation.after(asker, World.SEARCH, Duration.ZERO, wanted);
        deathsDue += settings.deathsPerQuery();
        while (deathsDue >= 1) {
            deathsDue--;
            die();
        }
        simulation.script(betweenQueries, this::ask);
    }

    /// Somebody dies silently, and somebody else takes over what it offered.
    private void die() {
        int dying = world.neighbourhood().any();
        simulation.crash(dying, Crash.SILENT);
        world.died(dying);
        deaths++;
        join(world.place(dying), world.conduct(dying), Duration.ZERO);
    }

    private Report report(Duration measured) {
        var run = settings.run();
        double agentSeconds = run.agents() * (measured.plus(GRACE).toMillis() / 1_000.0);
        var report =
                new Report.Builder()
                        .text("scenario", "search")
                        .text("policy", settings.policy().toString())
                        .count("agents", run.agents())
                        .count("seed", run.seed())
                        .measure("loss", run.loss() * 100)
                        .measure("malicious", settings.malicious() * 100)
                        .text("attack", settings.eclipse() ? "eclipse" : "none")
                        .text("crypto", run.crypto().toString())
                        .group("workload", workload())
                        .count("queries", settings.queries());
        world.ledger().report(report, agentSeconds);
        return report.measure("bytesPerAgentPerSecond", simulation.traffic().bytes() / agentSeconds)
                .measure("contactsRemembered", remembered())
                .count("deaths", deaths)
                .count("links", simulation.links())
                .count("events", simulation.events())
                .count("invariantViolations", 0)
                .build();
    }

    private Report workload() {
        return new Report.Builder()
                .measure("degree", Neighbourhood.DEGREE)
                .count("tags", settings.tags())
                .measure("zipf", Workload.ZIPF)
                .measure("providersPerTag", Workload.PROVIDERS_PER_TAG)
                .count("cachedContactsMax", Memory.CONTACTS_MAX)
                .count("resultsWanted", 1)
                .measure("churnPercentPer1000Queries", churnPer1000() * 100)
                .measure("queriesPerSecond", 1e9 / betweenQueries.toNanos())
                .measure("searchesPerAgentPerHour", 3_600 / SECONDS_BETWEEN_SEARCHES)
                .count("kademliaRefreshMinutes", World.REFRESH_INTERVAL.toMinutes())
                .count("reprovideMinutes", World.REPROVIDE_INTERVAL.toMinutes())
                .build();
    }

    private double churnPer1000() {
        return settings.deathsPerQuery() * 1_000 / settings.run().agents();
    }

    private double remembered() {
        long sum = 0;
        int living = 0;
        for (int seat = 0; seat < nextSeat; seat++) {
            if (simulation.isUp(seat)
                    && simulation.node(seat, World.SEARCH) instanceof SearchNode node) {
                sum += node.remembered();
                living++;
            }
        }
        return living == 0 ? 0 : sum / (double) living;
    }
}
