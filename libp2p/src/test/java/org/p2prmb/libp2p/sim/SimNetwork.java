package org.p2prmb.libp2p.sim;

import org.p2prmb.libp2p.core.Machine;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;

/// Many machines in one thread: delivers their events late, twice or never, and jumps its clock
/// from one event to the next.
///
/// The world says what an action means: it calls [#send] for what crosses the network and [#local]
/// for what happens within a node.
///
/// @param <N> names a node
/// @param <E> the machines' events
/// @param <A> the machines' actions
public final class SimNetwork<N, E, A> {
    /// Carries out the actions of the machines, and looks at them after each step.
    public interface World<N, E, A> {
        void act(SimNetwork<N, E, A> network, N node, A action);

        /// Called after every event and tick of `node`: throws when an invariant is broken.
        default void check(SimNetwork<N, E, A> network, N node) {}
    }

    private record Flight<N, E>(Instant at, long order, N to, E event) {}

    private record Link<N>(N from, N to) {}

    private final RandomGenerator random;
    private final World<N, E, A> world;
    private final SequencedMap<N, Machine<E, A>> nodes = new LinkedHashMap<>();
    private final PriorityQueue<Flight<N, E>> inFlight =
            new PriorityQueue<>(
                    Comparator.<Flight<N, E>, Instant>comparing(Flight::at)
                            .thenComparingLong(Flight::order));
    private final Map<Link<N>, Instant> lastArrival = new HashMap<>();
    private BiPredicate<N, N> connected = (_, _) -> true;
    private Faults faults = Faults.NONE;
    private Instant now;
    private long order;

    public SimNetwork(RandomGenerator random, Instant start, World<N, E, A> world) {
        this.random = random;
        this.now = start;
        this.world = world;
    }

    public Instant now() {
        return now;
    }

    public List<N> nodes() {
        return List.copyOf(nodes.keySet());
    }

    public void add(N node, Machine<E, A> machine) {
        nodes.put(node, machine);
    }

    /// A crash: the node is gone with all that is on its way to it.
    public void remove(N node) {
        nodes.remove(node);
        inFlight.removeIf(flight -> flight.to().equals(node));
        lastArrival.keySet().removeIf(link -> link.from.equals(node) || link.to.equals(node));
    }

    public void faults(Faults changed) {
        faults = changed;
    }

    /// From now on only what `open(from, to)` allows is delivered; it may be one-way.
    public void partition(BiPredicate<N, N> open) {
        connected = open;
    }

    public void heal() {
        connected = (_, _) -> true;
    }

    /// Sends an event over the network, with its faults.
    public void send(N from, N to, E event) {
        if (!connected.test(from, to) || chance(faults.loss())) {
            return;
        }
        fly(from, to, event);
        if (chance(faults.duplication())) {
            fly(from, to, event);
        }
    }

    /// Something happens within a node after `delay`, without faults.
    public void local(N node, Duration delay, E event) {
        inFlight.add(new Flight<>(now.plus(delay), order++, node, event));
    }

    private void fly(N from, N to, E event) {
        var spread = faults.delayMax().minus(faults.delayMin()).toNanos();
        var at = now.plus(faults.delayMin()).plusNanos(random.nextLong(Math.max(1, spread)));
        if (!chance(faults.reordering())) {
            var link = new Link<>(from, to);
            var last = lastArrival.getOrDefault(link, Instant.MIN);
            at = at.isBefore(last) ? last : at;
            lastArrival.put(link, at);
        }
        inFlight.add(new Flight<>(at, order++, to, event));
    }

    private boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /// Applies an event to a node at once.
    public void apply(N node, E event) {
        var machine = nodes.get(node);
        if (machine != null) {
            perform(node, machine.on(now, event));
        }
    }

    /// Lets `time` pass.
    public void run(Duration time) {
        var end = now.plus(time);
        var next = next();
        while (!next.isAfter(end)) {
            now = next.isAfter(now) ? next : now;
            tickWhatIsDue();
            deliverWhatIsDue();
            next = next();
        }
        now = end;
    }

    private Instant next() {
        var next = inFlight.isEmpty() ? Instant.MAX : inFlight.peek().at();
        for (var machine : nodes.values()) {
            var tick = machine.nextTick();
            next = tick.isBefore(next) ? tick : next;
        }
        return next;
    }

    private void tickWhatIsDue() {
        for (var node : nodes()) {
            var machine = nodes.get(node);
            if (machine != null && !now.isBefore(machine.nextTick())) {
                perform(node, machine.tick(now));
            }
        }
    }

    private void deliverWhatIsDue() {
        while (!inFlight.isEmpty() && !inFlight.peek().at().isAfter(now)) {
            var flight = inFlight.poll();
            apply(flight.to(), flight.event());
        }
    }

    private void perform(N node, List<A> actions) {
        actions.forEach(action -> world.act(this, node, action));
        world.check(this, node);
    }
}
