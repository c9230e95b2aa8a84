package org.p2prmb.simulation.engine;

import org.p2prmb.libp2p.core.Bytes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The connections between the agents and what happens to frames on them.
///
/// A connection takes three round trips to make, as TCP, Noise and the choice of protocols do; what
/// is sent meanwhile waits for it. A lost frame stays lost. A connection over which nothing comes
/// any more, because its remote died silently or a way is closed, breaks after 30 to 40 s, as the
/// multiplexer's keep-alive has it.
final class Network {
    private static final double CERTAIN = 1L << Integer.SIZE;
    private static final int HANDSHAKE_WAYS = 6;
    private static final long SECOND = 1_000_000;
    private static final long RESEND_MICROS = 300_000;
    private static final int RESENDS_MAX = 10;
    private static final long DIAL_LIMIT_MICROS = 5 * SECOND;
    private static final long SILENCE_MICROS_MIN = 30 * SECOND;
    private static final long SILENCE_MICROS_MAX = 40 * SECOND;

    /// Frames that wait for one connection; more are lost.
    private static final int WAITING_MAX = 16;

    private record Waiting(int from, int protocol, Bytes frame) {}

    private enum Condition {
        UP,
        /// Never started, or killed: the host refuses connections.
        REFUSING,
        /// Dark: nothing comes back.
        SILENT
    }

    private final Simulation simulation;
    private final Links links;
    private final Latency latency;
    private final RandomGenerator random;
    private final Condition[] conditions;
    private final Map<Integer, List<Waiting>> waiting = new HashMap<>();

    /// Connections that both sides wanted while they were made.
    private final Set<Integer> wantedByBoth = new HashSet<>();

    private Reachability reachability = Reachability.FULL;
    private long loss;
    private long duplication;
    private long reordering;

    Network(Simulation simulation, int agents, RandomGenerator random) {
        this.simulation = simulation;
        this.links = new Links(agents);
        this.latency = new Latency(simulation.seed(), random);
        this.random = random;
        this.conditions = new Condition[agents];
        Arrays.fill(conditions, Condition.REFUSING);
    }

    /// As [Links#foresee].
    int foresee(int one, int other, int depth) {
        return links.foresee(one, other, depth);
    }

    int links() {
        return links.size();
    }

    int links(int agent) {
        return links.count(agent);
    }

    void faults(Faults changed) {
        loss = (long) (changed.loss() * CERTAIN);
        duplication = (long) (changed.duplication() * CERTAIN);
        reordering = (long) (changed.reordering() * CERTAIN);
    }

    void started(int agent) {
        // The remotes of an earlier life learn with their next packet that it is over.
        breakAll(agent);
        conditions[agent] = Condition.UP;
    }

    void crashed(int agent, Crash crash) {
        switch (crash) {
            case RESET -> {
                conditions[agent] = Condition.REFUSING;
                breakAll(agent);
            }
            case SILENT -> {
                conditions[agent] = Condition.SILENT;
                for (int end = links.firstEnd(agent); end != Links.NONE; end = links.nextEnd(end)) {
                    breakBySilence(Links.slotOfEnd(end));
                }
            }
        }
    }

    private void breakAll(int agent) {
        int end = links.firstEnd(agent);
        while (end != Links.NONE) {
            int slot = Links.slotOfEnd(end);
            end = links.nextEnd(end);
            if (links.isUp(slot)) {
                close(slot, agent);
            } else if (links.dialler(slot) == agent) {
                drop(slot);
            }
            // Else the remote dials, and is told at the end of that.
        }
    }

    /// The remote hears of it after everything that was sent before.
    private void close(int slot, int closer) {
        int peer = links.other(slot, closer);
        long arrival = simulation.elapsedMicros() + latency.distanceMicros(closer, peer);
        long at = links.inOrder(slot, closer, arrival);
        drop(slot);
        simulation.tellDown(at, peer, closer);
    }

    void partition(Reachability changed) {
        reachability = changed;
        for (int slot = 0; slot < links.slotsEnd(); slot++) {
            if (links.generation(slot) >= 0 && !isOpenBothWays(links.low(slot), links.high(slot))) {
                breakBySilence(slot);
            }
        }
    }

    boolean isOpen(int from, int to) {
        return reachability.isOpen(from, to);
    }

    private boolean isOpenBothWays(int one, int other) {
        return reachability.isOpen(one, other) && reachability.isOpen(other, one);
    }

    private void breakBySilence(int slot) {
        int generation = links.generation(slot);
        long silence = random.nextLong(SILENCE_MICROS_MIN, SILENCE_MICROS_MAX);
        simulation.laterOnNetwork(
                simulation.elapsedMicros() + silence,
                () -> {
                    if (links.generation(slot) == generation && isSilent(slot)) {
                        breakNow(slot);
                    }
                });
    }

    private boolean isSilent(int slot) {
        int low = links.low(slot);
        int high = links.high(slot);
        return conditions[low] != Condition.UP
                || conditions[high] != Condition.UP
                || !isOpenBothWays(low, high);
    }

    private void breakNow(int slot) {
        int low = links.low(slot);
        int high = links.high(slot);
        drop(slot);
        simulation.tellDown(simulation.elapsedMicros(), low, high);
        simulation.tellDown(simulation.elapsedMicros(), high, low);
    }

    private void drop(int slot) {
        links.remove(slot);
        waiting.remove(slot);
        wantedByBoth.remove(slot);
    }

    boolean isLinked(int one, int other) {
        int slot = links.find(one, other);
        return slot != Links.NONE && links.isUp(slot);
    }

    /// How long no frame has come over the link of the two; 0 when there is none.
    long silenceMicros(int one, int other) {
        int slot = links.find(one, other);
        return slot == Links.NONE
                ? 0
                : Math.max(0, simulation.elapsedMicros() - links.lastArrival(slot));
    }

    void connect(int from, int to) {
        slot(from, to);
    }

    /// The link of the two, being made if there was none.
    private int slot(int from, int to) {
        int slot = links.find(from, to);
        if (slot == Links.NONE) {
            return dial(from, to);
        }
        if (!links.isUp(slot) && links.dialler(slot) != from) {
            wantedByBoth.add(slot);
        }
        return slot;
    }

    private int dial(int from, int to) {
        if (from == to) {
            throw new IllegalArgumentException("an agent connects with itself");
        }
        int slot = links.add(from, to);
        int generation = links.generation(slot);
        long begun = simulation.elapsedMicros();
        later(slot, generation, begun, begun + handshakeMicros(from, to));
        return slot;
    }

    private void later(int slot, int generation, long begun, long at) {
        simulation.laterOnNetwork(
                at,
                () -> {
                    if (links.generation(slot) == generation) {
                        dialled(slot, begun);
                    }
                });
    }

    /// A lost packet of a handshake is sent again, so loss only makes it longer.
    private long handshakeMicros(int from, int to) {
        if (conditions[to] == Condition.SILENT || !isOpenBothWays(from, to)) {
            return DIAL_LIMIT_MICROS;
        }
        int ways = conditions[to] == Condition.REFUSING ? 2 : HANDSHAKE_WAYS;
        long micros = 0;
        for (int way = 0; way < ways; way++) {
            micros += latency.frameMicros(from, to);
            for (int again = 0; again < RESENDS_MAX && chance(loss); again++) {
                micros += RESEND_MICROS;
            }
        }
        return Math.min(micros, DIAL_LIMIT_MICROS);
    }

    private void dialled(int slot, long begun) {
        int from = links.dialler(slot);
        int to = links.other(slot, from);
        long now = simulation.elapsedMicros();
        boolean reached =
                conditions[to] == Condition.UP
                        && conditions[from] == Condition.UP
                        && isOpenBothWays(from, to);
        if (reached && simulation.isStalled(to) && now < begun + DIAL_LIMIT_MICROS) {
            // Its host takes the connection; the frozen process answers when it thaws.
            long thaw = simulation.thawsAt(to);
            later(slot, links.generation(slot), begun, Math.min(thaw, begun + DIAL_LIMIT_MICROS));
        } else if (reached && !simulation.isStalled(to)) {
            complete(slot, from, to);
        } else {
            if (wantedByBoth.contains(slot)) {
                simulation.tellUnreachable(now, to, from);
            }
            drop(slot);
            simulation.tellUnreachable(now, from, to);
        }
    }

    private void complete(int slot, int from, int to) {
        links.setUp(slot);
        wantedByBoth.remove(slot);
        simulation.tellUp(simulation.elapsedMicros(), to, from);
        simulation.tellUp(simulation.elapsedMicros(), from, to);
        var frames = waiting.remove(slot);
        if (frames != null) {
            for (var frame : frames) {
                int receiver = links.other(slot, frame.from());
                transmit(
                        slot,
                        frame.from(),
                        frame.protocol(),
                        receiver,
                        frame.frame().unsafeArray());
            }
        }
    }

    void disconnect(int agent, int peer) {
        int slot = links.find(agent, peer);
        if (slot != Links.NONE && links.isUp(slot)) {
            close(slot, agent);
        }
    }

    void send(int from, int protocol, int to, byte[] frame) {
        int slot = slot(from, to);
        if (links.isUp(slot)) {
            transmit(slot, from, protocol, to, frame);
            return;
        }
        var frames = waiting.computeIfAbsent(slot, _ -> new ArrayList<>());
        if (frames.size() < WAITING_MAX) {
            frames.add(new Waiting(from, protocol, Bytes.wrap(frame)));
        }
    }

    private void transmit(int slot, int from, int protocol, int to, byte[] frame) {
        simulation.traffic().count(from, simulation.elapsedMicros(), frame.length);
        if (chance(loss) || !reachability.isOpen(from, to)) {
            return;
        }
        fly(slot, from, protocol, to, frame);
        if (chance(duplication)) {
            fly(slot, from, protocol, to, frame);
        }
    }

    private void fly(int slot, int from, int protocol, int to, byte[] frame) {
        long at = simulation.elapsedMicros() + latency.frameMicros(from, to);
        if (chance(reordering)) {
            at += latency.lateMicros();
        } else {
            at = links.inOrder(slot, from, at);
        }
        simulation.arrive(at, to, from, protocol, frame);
    }

    /// True with a probability of `threshold` of 2^32.
    private boolean chance(long threshold) {
        return threshold > 0 && Integer.toUnsignedLong(random.nextInt()) < threshold;
    }
}
