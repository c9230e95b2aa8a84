package org.p2prmb.simulation.liveness;

import org.p2prmb.discovery.liveness.LivenessConfig;
import org.p2prmb.discovery.liveness.LivenessMachine.Event.Candidates;
import org.p2prmb.discovery.liveness.WatcherKey;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.simulation.engine.Mesh;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Ring;
import org.p2prmb.simulation.engine.Simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/// What the shells of all agents share: identities, records, the DHT, the mesh, and each agent's
/// disk, of which the sequence of its leases is all that liveness keeps there.
final class World {
    private static final Duration RECORD_TTL = Duration.ofHours(1);
    private static final int PORT = 4001;
    private static final int NAMED_FOR_EACH_WANTED = 3;

    private final Population population;
    private final Signatures signatures;
    private final LivenessConfig config;
    private final Ring ring;
    private final Mesh mesh;
    private final SignedContact[] records;
    private final long[] leaseSequences;
    private final Ledger ledger;
    private final Simulation simulation;

    World(
            Simulation simulation,
            Population population,
            Signatures signatures,
            LivenessConfig config,
            Ledger ledger) {
        this.simulation = simulation;
        this.population = population;
        this.signatures = signatures;
        this.config = config;
        this.ledger = ledger;
        ring = new Ring(population);
        mesh = new Mesh(simulation);
        records = new SignedContact[population.size()];
        Arrays.setAll(records, this::record);
        leaseSequences = new long[population.size()];
    }

    private SignedContact record(int agent) {
        var address =
                Multiaddr.parse(
                        "/ip4/%d.%d.%d.1/tcp/%d"
                                .formatted(
                                        11 + (agent >>> 16),
                                        agent >>> 8 & 0xff,
                                        agent & 0xff,
                                        PORT));
        var record =
                new ContactRecord(
                        population.peer(agent),
                        1,
                        List.of(address),
                        List.of(),
                        RECORD_TTL,
                        Instant.EPOCH,
                        Optional.empty(),
                        Optional.empty());
        return SignedContact.seal(record, population.keys(agent), signatures);
    }

    Population population() {
        return population;
    }

    Signatures signatures() {
        return signatures;
    }

    LivenessConfig config() {
        return config;
    }

    Mesh mesh() {
        return mesh;
    }

    Ledger ledger() {
        return ledger;
    }

    SignedContact record(PeerId peer) {
        return records[population.number(peer)];
    }

    /// Survives restarts.
    long nextLeaseSequence(int agent) {
        return ++leaseSequences[agent];
    }

    /// Who might watch an agent, a few more of each kind than it wants: what a look-up in the DHT
    /// would find, which asks everyone it returns, so all of them answer; and other neighbours.
    Candidates candidates(int agent, Instant now, int count, RandomGenerator random) {
        int most = count * NAMED_FOR_EACH_WANTED;
        var key = WatcherKey.of(population.peer(agent), now);
        var near = ring.closest(key, most, other -> other != agent && answers(agent, other));
        var neighbours = new ArrayList<Integer>();
        for (int neighbour : mesh.neighbours(agent)) {
            if (simulation.isLinked(agent, neighbour) && !near.contains(neighbour)) {
                neighbours.add(neighbour);
            }
        }
        Collections.shuffle(neighbours, Random.from(random));
        return new Candidates(peers(near), peers(neighbours));
    }

    private List<PeerId> peers(List<Integer> agents) {
        return agents.stream().map(population::peer).toList();
    }

    private boolean answers(int agent, int other) {
        return simulation.isUp(other)
                && !simulation.isStalled(other)
                && simulation.isOpen(agent, other)
                && simulation.isOpen(other, agent);
    }
}
