package org.p2prmb.simulation.engine;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The engine: many agents in one thread, from one seed, in virtual time.
///
/// It jumps from one event to the next, hands each to its agent, calls the agent's `tick` when that
/// is due, as a [org.p2prmb.libp2p.core.Loop] does, and checks the invariants. Everything random
/// comes from the seed, so two runs are equal.
public final class Simulation {
    /// Where all clocks without skew begin.
    public static final Instant START = Instant.ofEpochSecond(1_800_000_000);

    private static final int MICROS_PER_SECOND = 1_000_000;
    private static final Duration PROGRESS_STEP = Duration.ofSeconds(1);

    private final long seed;
    private final AgentBuilder builder;
    private final List<Invariant> invariants = new ArrayList<>();
    private final EventQueue queue = new EventQueue();
    private final Network network;
    private final Traffic traffic;

    private final Residents residents;
    private final Alarms alarms;
    private final Foresight foresight;
    private final long[] frozenUntil;
    private final long[] skew;
    private final int[] incarnations;
    private final SplittableRandom random;
    private long micros;
    private long events;

    /// @param seed from which everything random comes
    /// @param agents how many there can be; none has started yet
    public Simulation(long seed, int agents, AgentBuilder builder) {
        this.seed = seed;
        this.builder = builder;
        this.random = new SplittableRandom(Mix.of(seed, 0));
        this.traffic = new Traffic(agents);
        this.network = new Network(this, agents, new SplittableRandom(Mix.of(seed, 1)));
        this.residents = new Residents(agents);
        this.alarms = new Alarms(agents);
        this.foresight = new Foresight(residents, alarms, network);
        this.frozenUntil = new long[agents];
        this.skew = new long[agents];
        this.incarnations = new int[agents];
    }

    public long seed() {
        return seed;
    }

    public int agents() {
        return residents.agents();
    }

    /// For what happens to the network as a whole; agents have their own.
    public SplittableRandom random() {
        return random;
    }

    /// Randomness for one agent in its present life.
    public SplittableRandom random(int agent) {
        return new SplittableRandom(Mix.of(Mix.of(seed, 2L + agent), incarnations[agent]));
    }

    /// Virtual time since the beginning.
    public Duration elapsed() {
        return Duration.ofNanos(Math.multiplyExact(micros, 1_000L));
    }

    public long elapsedMicros() {
        return micros;
    }

    /// What the agent's own clock shows.
    public Instant now(int agent) {
        long shown = micros + skew[agent];
        return Instant.ofEpochSecond(
                START.getEpochSecond() + Math.floorDiv(shown, MICROS_PER_SECOND),
                Math.floorMod(shown, MICROS_PER_SECOND) * 1_000L);
    }

    /// How many events there were: a measure of a run's cost.
    public long events() {
        return events;
    }

    public Traffic traffic() {
        return traffic;
    }

    /// Connections that are up or being made.
    public int links() {
        return network.links();
    }

    /// The connections of one agent.
    public int links(int agent) {
        return network.links(agent);
    }

    public void addInvariant(Invariant invariant) {
        invariants.add(invariant);
    }

    // Faults.

    public void faults(Faults changed) {
        network.faults(changed);
    }

    /// From now on only the open ways carry frames; connections over closed ones break when they
    /// have been silent for long.
    public void partition(Reachability reachability) {
        network.partition(reachability);
    }

    public void heal() {
        network.partition(Reachability.FULL);
    }

    /// Whether frames can get from one agent to the other.
    public boolean isOpen(int from, int to) {
        return network.isOpen(from, to);
    }

    /// Sets an agent's clock ahead, or back when negative; before it starts.
    public void skew(int agent, Duration ahead) {
        skew[agent] = ahead.toNanos() / 1_000;
    }

    /// Freezes an agent: what arrives waits, its timers run late, its connections stay up.
    public void stall(int agent, Duration time) {
        frozenUntil[agent] = Math.max(frozenUntil[agent], micros + time.toNanos() / 1_000);
    }

    public boolean isStalled(int agent) {
        return frozenUntil[agent] > micros;
    }

    long thawsAt(int agent) {
        return frozenUntil[agent];
    }

    /// Ends an agent: what is on its way to it is lost, what it sent still arrives.
    public void crash(int agent, Crash crash) {
        residents.moveOut(agent);
        incarnations[agent]++;
        alarms.clear(agent);
        frozenUntil[agent] = 0;
        network.crashed(agent, crash);
    }

    /// Starts an agent, or starts it again: the builder makes its protocols anew.
    public void start(int agent) {
        if (isUp(agent)) {
            throw new IllegalStateException("agent " + agent + " runs already");
        }
        network.started(agent);
        var built = builder.build(this, agent);
        residents.moveIn(agent, built);
        var now = now(agent);
        built.forEach(node -> node.started(now));
        settle(agent);
    }

    public boolean isUp(int agent) {
        return residents.isUp(agent);
    }

    /// A protocol of an agent that is up.
    public ProtocolNode node(int agent, int protocol) {
        return residents.node(agent, protocol);
    }

    /// Forgets the traffic so far.
    public void endWarmUp() {
        traffic.reset();
    }

    // What agents do.

    void send(int from, int protocol, int to, byte[] frame) {
        network.send(from, protocol, to, frame);
    }

    /// Connects two agents as if `from` had dialled.
    public void connect(int from, int to) {
        network.connect(from, to);
    }

    void disconnect(int agent, int peer) {
        network.disconnect(agent, peer);
    }

    public boolean isLinked(int one, int other) {
        return network.isLinked(one, other);
    }

    Duration silence(int one, int other) {
        return Duration.ofNanos(network.silenceMicros(one, other) * 1_000);
    }

    /// Has `event` occur at a protocol of an agent, unless the agent crashes before.
    public void after(int agent, int protocol, Duration delay, Object event) {
        long at = micros + Math.max(0, delay.toNanos() / 1_000);
        queue.add(at, agent, protocol, Kind.OCCURRENCE, incarnations[agent], event);
    }

    /// Has the scenario do something after a while.
    public void script(Duration delay, Runnable step) {
        queue.add(micros + delay.toNanos() / 1_000, 0, 0, Kind.STEP, 0, step);
    }

    // What the network tells agents.

    void arrive(long at, int to, int from, int protocol, byte[] frame) {
        queue.add(at, to, from, Kind.frame(protocol), incarnations[to], frame);
    }

    void tellUp(long at, int agent, int peer) {
        queue.add(at, agent, peer, Kind.LINK_UP, incarnations[agent], null);
    }

    void tellDown(long at, int agent, int peer) {
        queue.add(at, agent, peer, Kind.LINK_DOWN, incarnations[agent], null);
    }

    void tellUnreachable(long at, int agent, int peer) {
        queue.add(at, agent, peer, Kind.UNREACHABLE, incarnations[agent], null);
    }

    void laterOnNetwork(long at, Runnable step) {
        queue.add(at, 0, 0, Kind.STEP, 0, step);
    }

    // Time.

    /// Lets `time` pass; `progress` hears the share of it that has passed, once per virtual second.
    public void run(Duration time, Progress progress) {
        long begin = micros;
        long end = begin + time.toNanos() / 1_000;
        long step = PROGRESS_STEP.toNanos() / 1_000;
        while (micros < end) {
            long until = Math.min(end, micros + step);
            while (queue.take(until)) {
                micros = queue.micros();
                if (queue.hasOpened()) {
                    foresight.look(queue);
                }
                happen();
            }
            micros = until;
            progress.passed((micros - begin) / (double) (end - begin));
        }
    }

    public void run(Duration time) {
        run(time, Progress.UNWATCHED);
    }

    private void happen() {
        int agent = queue.node();
        try {
            happen(agent);
        } catch (Violation e) {
            throw new Violation(where(agent) + e.getMessage(), e);
        } catch (RuntimeException e) { // Supervisor
            throw new Violation(where(agent) + e, e);
        }
    }

    private String where(int agent) {
        return "seed %d, %s, agent %d: ".formatted(seed, elapsed(), agent);
    }

    private void perform(@Nullable Object step) {
        if (step instanceof Runnable runnable) {
            runnable.run();
        }
    }

    private void happen(int agent) {
        events++;
        int kind = queue.kind();
        if (kind == Kind.STEP) {
            perform(queue.payload());
            return;
        }
        if (!isUp(agent)) {
            return;
        }
        if (frozenUntil[agent] > micros) {
            queue.add(frozenUntil[agent], agent, queue.peer(), kind, queue.tag(), queue.payload());
            return;
        }
        if (kind == Kind.WAKE) {
            woken(agent);
        } else if (queue.tag() == incarnations[agent]) {
            dispatch(agent, queue.peer(), kind, queue.payload());
            settle(agent);
        }
    }

    private void dispatch(int agent, int peer, int kind, @Nullable Object payload) {
        if (Kind.isFrame(kind)) {
            frameArrived(agent, peer, Kind.protocol(kind), payload);
        } else if (kind == Kind.OCCURRENCE) {
            occurred(agent, peer, payload);
        } else {
            linkChanged(agent, peer, kind);
        }
    }

    private void occurred(int agent, int protocol, @Nullable Object event) {
        if (event != null) {
            node(agent, protocol).occurred(now(agent), event);
        }
    }

    private void woken(int agent) {
        if (alarms.rings(agent, micros)) {
            settle(agent);
        } else {
            sleep(agent);
        }
    }

    private void frameArrived(int agent, int peer, int protocol, @Nullable Object payload) {
        if (payload instanceof byte[] frame) {
            traffic.count(agent, micros, frame.length);
            node(agent, protocol).received(now(agent), peer, frame);
        }
    }

    private void linkChanged(int agent, int peer, int kind) {
        var now = now(agent);
        for (int protocol = 0; protocol < residents.protocols(); protocol++) {
            var node = node(agent, protocol);
            switch (kind) {
                case Kind.LINK_UP -> node.linkUp(now, peer);
                case Kind.LINK_DOWN -> node.linkDown(now, peer);
                default -> node.unreachable(now, peer);
            }
        }
    }

    /// Ticks what is due, arranges the next wake-up and checks the invariants.
    private void settle(int agent) {
        long next = Alarms.NEVER;
        for (int protocol = 0; protocol < residents.protocols(); protocol++) {
            var node = node(agent, protocol);
            long due = due(agent, node);
            if (due <= micros) {
                node.tick(now(agent));
                due = Math.max(due(agent, node), micros + 1);
            }
            next = Math.min(next, due);
        }
        alarms.due(agent, next);
        sleep(agent);
        for (int index = 0; index < invariants.size(); index++) {
            invariants.get(index).check(this, agent);
        }
    }

    private void sleep(int agent) {
        long next = alarms.plan(agent, micros);
        if (next != Alarms.NEVER) {
            queue.add(next, agent, 0, Kind.WAKE, 0, null);
        }
    }

    private long due(int agent, ProtocolNode node) {
        var next = node.nextTick();
        long seconds = next.getEpochSecond() - START.getEpochSecond();
        if (seconds > Integer.MAX_VALUE) {
            return Alarms.NEVER;
        }
        // Rounded up: a tick comes when it is due, never a little before.
        long after = seconds * MICROS_PER_SECOND + (next.getNano() + 999) / 1_000;
        return Math.max(micros, after - skew[agent]);
    }
}
