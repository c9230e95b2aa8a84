package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.LivenessMachine.Event;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Vote;
import org.p2prmb.protocols.statements.Watchers;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/// Whole networks of liveness machines in one thread, from one seed: links that are opened on
/// demand, frames that are late or lost, agents that are killed, stand still or lie.
final class AliveNetwork {
    private static final Duration INTERVAL = TestKeys.INTERVAL;
    private static final int WATCHER_CANDIDATES = 20;

    private final RandomGenerator random;
    private final Map<PeerId, Agent> agents = new LinkedHashMap<>();
    private final Set<Set<PeerId>> links = new HashSet<>();
    private final PriorityQueue<Scheduled> due =
            new PriorityQueue<>(
                    Comparator.comparing(Scheduled::at).thenComparingLong(Scheduled::order));
    private Instant now = Instant.EPOCH;
    private long order;

    /// Sees each agent before an event of it.
    Consumer<Agent> before = _ -> {};

    double loss;
    BiPredicate<PeerId, PeerId> cut = (_, _) -> false;

    /// Frames that an agent sends and the world does not see, because it lies.
    BiPredicate<PeerId, AliveFrame> swallowed = (_, _) -> false;

    /// Watchers that say of every subject that it answers.
    Set<PeerId> falseReports = Set.of();

    int falseDeaths;
    long bytes;

    private record Scheduled(Instant at, long order, Runnable event) {}

    /// One agent and what its owner sees of the others.
    static final class Agent {
        final KeyPair keys;
        LivenessMachine machine;
        final Set<PeerId> dead = new LinkedHashSet<>();
        final Set<PeerId> doubted = new LinkedHashSet<>();
        final Set<PeerId> hot = new LinkedHashSet<>();
        Duration skew = Duration.ZERO;
        Instant stalledUntil = Instant.MIN;
        Instant tickAt = Instant.MAX;
        @Nullable Renewal lease;
        long sequence = 1_700_000_000_000L;
        boolean crashed;

        private Agent(KeyPair keys, LivenessMachine machine) {
            this.keys = keys;
            this.machine = machine;
        }

        PeerId id() {
            return keys.peerId();
        }
    }

    /// Agents that are linked at random and hold each other as hot contacts.
    AliveNetwork(RandomGenerator random, int size) {
        this(random, size, _ -> Duration.ZERO);
    }

    /// @param skew by how much an agent's clock is wrong
    AliveNetwork(RandomGenerator random, int size, IntFunction<Duration> skew) {
        this.random = random;
        for (int number = 0; number < size; number++) {
            var keys = TestKeys.of(number);
            var agent = new Agent(keys, machine(keys.peerId()));
            agent.skew = skew.apply(number);
            agents.put(keys.peerId(), agent);
        }
        var ids = ids();
        for (int number = 1; number < size; number++) {
            link(ids.get(number), ids.get(random.nextInt(number)));
        }
        for (int edge = 0; edge < 2 * size; edge++) {
            link(ids.get(random.nextInt(size)), ids.get(random.nextInt(size)));
        }
        for (var agent : agents.values()) {
            agent.hot.addAll(ids);
            agent.hot.remove(agent.id());
            apply(agent.id(), new Event.Hot(agent.hot));
            tick(agent);
        }
    }

    private LivenessMachine machine(PeerId id) {
        var random = new SplittableRandom(this.random.nextLong());
        return new LivenessMachine(id, LivenessConfig.of(INTERVAL), random);
    }

    List<PeerId> ids() {
        return List.copyOf(agents.keySet());
    }

    PeerId id(int number) {
        return TestKeys.id(number);
    }

    KeyPair keysOf(PeerId id) {
        return agent(id).keys;
    }

    Agent agent(PeerId id) {
        var agent = agents.get(id);
        if (agent == null) {
            throw new IllegalArgumentException("nobody has this id");
        }
        return agent;
    }

    List<Agent> living() {
        return agents.values().stream().filter(agent -> !agent.crashed).toList();
    }

    Renewal leaseOf(PeerId id) {
        var lease = agent(id).lease;
        if (lease == null) {
            throw new IllegalStateException("no lease yet");
        }
        return lease;
    }

    /// The agents that the lease of this one lists.
    List<PeerId> watchersOf(PeerId id) {
        var listed = leaseOf(id).watchers().orElseThrow();
        return ids().stream().filter(listed::lists).toList();
    }

    /// The remotes see the links close, unless the whole machine went dark.
    void kill(PeerId id, boolean dark) {
        agent(id).crashed = true;
        for (var other : ids()) {
            if (!other.equals(id) && links.remove(Set.of(id, other)) && !dark) {
                later(delay(), () -> apply(other, new Event.LinkDown(id)));
            }
        }
    }

    void leave(PeerId id) {
        apply(id, new Event.Leave());
        later(Duration.ofMillis(1), () -> kill(id, false));
    }

    /// The same key with a new machine, whose sequence goes on.
    void restart(PeerId id) {
        var agent = agent(id);
        agent.machine = machine(id);
        agent.crashed = false;
        agent.tickAt = Instant.MAX;
        apply(id, new Event.Hot(agent.hot));
        var ids = ids();
        for (int link = 0; link < 3; link++) {
            link(id, ids.get(random.nextInt(ids.size())));
        }
        tick(agent);
    }

    void stall(PeerId id, Duration time) {
        agent(id).stalledUntil = now.plus(time);
    }

    Duration delay() {
        return Duration.ofMillis(random.nextInt(5, 200));
    }

    void later(Duration delay, Runnable event) {
        due.add(new Scheduled(now.plus(delay), ++order, event));
    }

    private boolean isLinked(PeerId one, PeerId other) {
        return links.contains(Set.of(one, other));
    }

    void link(PeerId one, PeerId other) {
        if (!one.equals(other)
                && !agent(one).crashed
                && !agent(other).crashed
                && links.add(Set.of(one, other))) {
            apply(one, new Event.LinkUp(other));
            apply(other, new Event.LinkUp(one));
        }
    }

    /// As when a stream fails; nobody died.
    void breakLink(PeerId one, PeerId other) {
        if (links.remove(Set.of(one, other))) {
            apply(one, new Event.LinkDown(other));
            apply(other, new Event.LinkDown(one));
        }
    }

    /// Gives an event to an agent, when it does not stand still.
    void apply(PeerId id, Event event) {
        var agent = agent(id);
        if (agent.crashed) {
            return;
        }
        if (now.isBefore(agent.stalledUntil)) {
            due.add(new Scheduled(agent.stalledUntil, ++order, () -> apply(id, event)));
            return;
        }
        before.accept(agent);
        var actions = agent.machine.on(now.plus(agent.skew), event);
        actions.forEach(action -> perform(agent, action));
        schedule(agent);
    }

    private void tick(Agent agent) {
        if (agent.crashed) {
            return;
        }
        if (now.isBefore(agent.stalledUntil)) {
            due.add(new Scheduled(agent.stalledUntil, ++order, () -> tick(agent)));
            return;
        }
        agent.tickAt = Instant.MAX;
        if (!agent.machine.nextTick().isAfter(now.plus(agent.skew))) {
            var actions = agent.machine.tick(now.plus(agent.skew));
            actions.forEach(action -> perform(agent, action));
        }
        schedule(agent);
    }

    private void schedule(Agent agent) {
        var next = agent.machine.nextTick();
        if (next.equals(Instant.MAX)) {
            return;
        }
        var at = next.equals(Instant.MIN) ? now : next.minus(agent.skew);
        at = at.isBefore(now) ? now : at;
        if (at.isBefore(agent.tickAt)) {
            agent.tickAt = at;
            var when = at;
            due.add(
                    new Scheduled(
                            when,
                            ++order,
                            () -> {
                                if (agent.tickAt.equals(when)) {
                                    tick(agent);
                                }
                            }));
        }
    }

    private void perform(Agent at, Action action) {
        switch (action) {
            case Action.Send(var to, var frame) -> send(at.id(), to, frame);
            case Action.SignLease(var watchers, var leaving) -> sign(at, watchers, leaving);
            case Action.SignVote(var subject, var sequence) -> {
                var vote = SignedVote.seal(new Vote(at.id(), subject, sequence), at.keys);
                apply(at.id(), new Event.VoteSigned(vote));
            }
            case Action.FindWatchers _ -> later(delay(), () -> candidates(at));
            case Action.Introduce(var to, var peers) ->
                    transmit(at.id(), to, new Event.Introduced(at.id(), peers), 250 * peers.size());
            case Action.Dial(var to) -> dial(at.id(), to, () -> {});
            case Action.Release(var to) -> {
                if (links.remove(Set.of(at.id(), to))) {
                    later(Duration.ZERO, () -> apply(at.id(), new Event.LinkDown(to)));
                    later(delay(), () -> apply(to, new Event.LinkDown(at.id())));
                }
            }
            case Action.FetchRecord _ -> {}
            case Action.MarkAlive(var peer) -> {
                at.dead.remove(peer);
                at.doubted.remove(peer);
            }
            case Action.MarkDoubted(var peer) -> at.doubted.add(peer);
            case Action.MarkDead(var peer, _) -> {
                at.dead.add(peer);
                falseDeaths += agent(peer).crashed ? 0 : 1;
            }
        }
    }

    private void sign(Agent at, Watchers watchers, boolean leaving) {
        var lease =
                new Lease(
                        at.id(),
                        ++at.sequence,
                        INTERVAL.multipliedBy(4),
                        INTERVAL,
                        watchers.commitment(),
                        TestKeys.RECORD,
                        leaving);
        var signed = SignedLease.seal(lease, at.keys);
        at.lease = new Renewal(signed, watchers);
        apply(at.id(), new Event.LeaseSigned(signed, watchers));
    }

    private void candidates(Agent at) {
        var found = new ArrayList<>(ids());
        found.removeIf(id -> id.equals(at.id()) || agent(id).crashed || cut.test(at.id(), id));
        Collections.shuffle(found, random);
        var count = Math.min(WATCHER_CANDIDATES, found.size());
        var mesh = found.stream().filter(id -> isLinked(at.id(), id)).toList();
        apply(at.id(), new Event.Candidates(found.subList(0, count), mesh));
    }

    void send(PeerId from, PeerId to, AliveFrame sent) {
        var frame = sent;
        if (sent instanceof AliveFrame.ProbeReport(var subject, var nonce, _)
                && falseReports.contains(from)) {
            frame = new AliveFrame.ProbeReport(subject, nonce, true);
        }
        if (!from.equals(to) && !swallowed.test(from, frame)) {
            transmit(from, to, new Event.Received(from, frame), frame.encoded().size());
        }
    }

    private void transmit(PeerId from, PeerId to, Event event, int size) {
        if (!isLinked(from, to)) {
            dial(from, to, () -> transmit(from, to, event, size));
            return;
        }
        bytes += 2L * (size + (size < 128 ? 1 : 2));
        if (random.nextDouble() >= loss && !cut.test(from, to)) {
            later(delay(), () -> apply(to, event));
        }
    }

    /// Bytes per second of an average agent, sent and received, in a time of nothing but this.
    double bytesPerSecond(Duration time) {
        long before = bytes;
        run(time);
        return (double) (bytes - before) / living().size() / time.toSeconds();
    }

    private void dial(PeerId from, PeerId to, Runnable then) {
        boolean dark = cut.test(from, to) || cut.test(to, from);
        if (agent(to).crashed || dark) {
            var wait = dark ? Duration.ofSeconds(4) : delay();
            later(wait, () -> apply(from, new Event.Unreachable(to)));
            return;
        }
        later(
                delay(),
                () -> {
                    if (!agent(to).crashed && !agent(from).crashed) {
                        link(from, to);
                        then.run();
                    }
                });
    }

    void run(Duration time) {
        var end = now.plus(time);
        while (!due.isEmpty() && !due.element().at().isAfter(end)) {
            var next = due.remove();
            now = next.at().isAfter(now) ? next.at() : now;
            next.event().run();
        }
        now = end;
    }
}
