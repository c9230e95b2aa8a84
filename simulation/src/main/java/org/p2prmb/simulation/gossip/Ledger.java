package org.p2prmb.simulation.gossip;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What was published and who got it, and what that cost; checks that nobody delivers a message
/// twice, or one that its author did not sign.
///
/// A message is owed to an honest agent in its topic that has been up for 10 s, stays up, does not
/// freeze and is not cut off from the author, all until the message's 6 s are over.
final class Ledger {
    static final Duration IN_TIME = Duration.ofSeconds(6);

    private static final long SETTLED_MICROS = 10_000_000;
    private static final long DOWN = Long.MAX_VALUE;

    /// Longer than any router remembers what it has seen.
    private static final long REMEMBERED_MICROS = 180_000_000;

    private static final int MICROS_PER_MILLI = 1_000;
    private static final double MICROS_PER_SECOND = 1_000_000;

    private static final class Publication {
        final Bytes encoded;
        final int author;
        final int topic;
        final long micros;
        final boolean measured;
        final BitSet delivered = new BitSet();

        Publication(Bytes encoded, int author, int topic, long micros, boolean measured) {
            this.encoded = encoded;
            this.author = author;
            this.topic = topic;
            this.micros = micros;
            this.measured = measured;
        }
    }

    private final Simulation simulation;
    private final Roles roles;
    private final SequencedMap<Bytes, Publication> recent = new LinkedHashMap<>();
    private final long[] upSince;
    private final long[] frozenUntil;
    private final Outcomes outcomes = new Outcomes();
    private final Delays delays = new Delays();
    private boolean measuring;
    private long measuredFrom;
    private double agentSeconds;
    private long lastCut = -1;
    private boolean cut;
    private long controlBytes;
    private long copies;
    private long firsts;
    private long forgeries;

    Ledger(Simulation simulation, Roles roles) {
        this.simulation = simulation;
        this.roles = roles;
        upSince = new long[roles.agents()];
        Arrays.fill(upSince, DOWN);
        frozenUntil = new long[roles.agents()];
    }

    private long now() {
        return simulation.elapsedMicros();
    }

    /// The warm-up is over.
    void measureFromNow() {
        measuring = true;
        measuredFrom = now();
    }

    /// What is published and sent from now on does not count.
    void endMeasuring() {
        for (int agent = 0; agent < upSince.length; agent++) {
            countUpTime(agent);
        }
        measuring = false;
    }

    void started(int agent) {
        upSince[agent] = now();
        // A restarted router has forgotten what it has seen.
        recent.values().forEach(publication -> publication.delivered.clear(agent));
    }

    void ended(int agent) {
        countUpTime(agent);
        upSince[agent] = DOWN;
        frozenUntil[agent] = 0;
    }

    private void countUpTime(int agent) {
        if (measuring && upSince[agent] != DOWN) {
            agentSeconds += (now() - Math.max(upSince[agent], measuredFrom)) / MICROS_PER_SECOND;
        }
    }

    void stalled(int agent, Duration time) {
        frozenUntil[agent] = Math.max(frozenUntil[agent], now() + time.toNanos() / 1_000);
    }

    void cut() {
        cut = true;
    }

    void healed() {
        cut = false;
        lastCut = now();
    }

    /// Up for long enough to be connected, and not frozen.
    boolean isSettled(int agent) {
        return upSince[agent] <= now() - SETTLED_MICROS && frozenUntil[agent] < now();
    }

    void published(int author, int topic, GossipMessage message) {
        var publication = new Publication(message.encoded(), author, topic, now(), measuring);
        recent.put(message.id(), publication);
        publication.delivered.set(author);
        while (recent.firstEntry().getValue().micros < now() - REMEMBERED_MICROS) {
            recent.pollFirstEntry();
        }
        simulation.script(IN_TIME, () -> judge(publication));
    }

    private void judge(Publication publication) {
        if (!publication.measured) {
            return;
        }
        int expected = 0;
        int reached = 0;
        for (int agent = 0; agent < upSince.length; agent++) {
            if (isOwed(agent, publication)) {
                expected++;
                reached += publication.delivered.get(agent) ? 1 : 0;
            }
        }
        outcomes.add(publication.micros, expected, reached);
    }

    private boolean isOwed(int agent, Publication publication) {
        boolean wasCut = cut || lastCut > publication.micros;
        return agent != publication.author
                && !roles.isAttacker(agent)
                && upSince[agent] <= publication.micros - SETTLED_MICROS
                && frozenUntil[agent] < publication.micros
                && roles.isIn(agent, publication.topic)
                && !(wasCut && Halves.areApart(publication.author, agent, upSince.length));
    }

    void delivered(int agent, GossipMessage message) {
        var publication = recent.get(message.id());
        if (publication == null) {
            throw new Violation("delivers what nobody has published lately: " + message);
        }
        if (!publication.encoded.equals(message.encoded())) {
            throw new Violation("delivers what its author did not sign: " + message);
        }
        if (publication.delivered.get(agent)) {
            throw new Violation("delivers again, or its own: " + message);
        }
        publication.delivered.set(agent);
        if (measuring) {
            firsts++;
        }
        if (publication.measured) {
            delays.add((now() - publication.micros) / MICROS_PER_MILLI);
        }
    }

    /// So many copies of messages came in one frame.
    void copies(int count) {
        if (measuring) {
            copies += count;
        }
    }

    /// A frame without messages was sent or came.
    void control(int frameBytes) {
        if (measuring) {
            controlBytes += Varint.size(frameBytes) + frameBytes;
        }
    }

    void forgery() {
        forgeries++;
    }

    Outcomes outcomes() {
        return outcomes;
    }

    Delays delays() {
        return delays;
    }

    /// Time that agents were up while it was measured.
    double agentSeconds() {
        return agentSeconds;
    }

    long controlBytes() {
        return controlBytes;
    }

    /// Copies of messages that came beside the first, for each delivery.
    double duplicatesPerDelivery() {
        return firsts == 0 ? 0 : (copies - firsts) / (double) firsts;
    }

    /// Copies whose signature was found to be wrong.
    long forgeries() {
        return forgeries;
    }
}
