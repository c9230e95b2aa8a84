package org.p2prmb.simulation.search;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.kademlia.Found;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Validators;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SignedContact;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.simulation.engine.Population;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.kademlia.KadWorld;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// What all agents of a run share.
final class World implements KadWorld {
    /// The protocols of each agent.
    static final int KADEMLIA = 0;

    static final int SEARCH = 1;

    /// What the node sets as well: a tag's providers are often gone after a while.
    static final Duration PROVIDER_TTL = Duration.ofMinutes(30);

    static final Duration REPROVIDE_INTERVAL = Duration.ofMinutes(15);
    static final Duration REFRESH_INTERVAL = Duration.ofMinutes(60);

    private static final Duration RECORD_TTL = Duration.ofHours(24);
    private static final int ENTRANCES = 2;

    private final Simulation simulation;
    private final SearchSettings settings;
    private final Signatures signatures;
    private final Population population;
    private final Workload workload;
    private final Neighbourhood neighbourhood;
    private final DeathNotices notices;
    private final Ledger ledger = new Ledger();
    private final KademliaConfig config =
            KademliaConfig.defaults()
                    .withRefreshInterval(REFRESH_INTERVAL)
                    .withProviders(PROVIDER_TTL, REPROVIDE_INTERVAL);
    private final KadPeer[] peers;
    private final Conduct[] conducts;

    /// The place in the network, and so the tags, that each has taken.
    private final int[] places;

    private final @Nullable SignedContact[] records;
    private final long[] diedAt;

    /// Genuine records by their envelopes, each verified once.
    private final Map<Bytes, SignedContact> verified = new HashMap<>();

    private long lastId;

    World(
            Simulation simulation,
            SearchSettings settings,
            Population population,
            Workload workload,
            RandomGenerator random) {
        this.simulation = simulation;
        this.settings = settings;
        this.signatures = settings.run().crypto().signatures();
        this.population = population;
        this.workload = workload;
        int seats = simulation.agents();
        this.neighbourhood = new Neighbourhood(simulation, seats, random);
        this.notices = new DeathNotices(simulation, SEARCH, random);
        this.peers = new KadPeer[seats];
        this.conducts = new Conduct[seats];
        this.places = new int[seats];
        this.records = new SignedContact[seats];
        this.diedAt = new long[seats];
        Arrays.fill(diedAt, Long.MAX_VALUE);
        for (int seat = 0; seat < seats; seat++) {
            peers[seat] = KadPeer.of(population.peer(seat), List.of(address(seat)));
            conducts[seat] = Conduct.HONEST;
        }
    }

    /// Each in a network of its own, but for chance.
    private static Multiaddr address(int seat) {
        return Multiaddr.parse(
                "/ip4/%d.%d.%d.%d/tcp/4001"
                        .formatted(
                                11 + seat % 89,
                                seat / 89 % 256,
                                seat / (89 * 256) % 256,
                                1 + seat % 250));
    }

    Simulation simulation() {
        return simulation;
    }

    SearchSettings settings() {
        return settings;
    }

    Population population() {
        return population;
    }

    Workload workload() {
        return workload;
    }

    Neighbourhood neighbourhood() {
        return neighbourhood;
    }

    DeathNotices notices() {
        return notices;
    }

    Ledger ledger() {
        return ledger;
    }

    Signatures signatures() {
        return signatures;
    }

    long nextId() {
        return ++lastId;
    }

    Conduct conduct(int seat) {
        return conducts[seat];
    }

    int place(int seat) {
        return places[seat];
    }

    /// The seat takes this place, and signs its record.
    void seat(int seat, int place, Conduct conduct) {
        places[seat] = place;
        conducts[seat] = conduct;
        records[seat] = record(seat, 2, Simulation.START.plus(RECORD_TTL));
    }

    /// What the agent said until a day ago.
    SignedContact expired(int seat) {
        return record(seat, 1, Simulation.START.minus(RECORD_TTL));
    }

    private SignedContact record(int seat, long sequence, Instant expiresAt) {
        var offerings = new ArrayList<Offering>();
        for (int tag : workload.offered(places[seat])) {
            offerings.add(Offering.of(Workload.name(tag)));
        }
        var record =
                new ContactRecord(
                        population.peer(seat),
                        sequence,
                        peers[seat].addresses(),
                        offerings.subList(
                                0, Math.min(offerings.size(), ContactRecord.OFFERINGS_MAX)),
                        RECORD_TTL,
                        expiresAt,
                        Optional.empty(),
                        Optional.empty());
        return SignedContact.seal(record, population.keys(seat), signatures);
    }

    /// What the victim says, signed by the liar.
    Bytes forged(int liar, int victim) {
        try {
            var said = StatementKind.CONTACT.open(record(victim).envelope(), signatures);
            return StatementKind.CONTACT.seal(population.keys(liar), said.payload(), signatures);
        } catch (ProtocolException e) {
            throw new IllegalStateException("a genuine record does not verify", e);
        }
    }

    SignedContact record(int seat) {
        var record = records[seat];
        if (record == null) {
            throw new IllegalStateException("nobody sits there");
        }
        return record;
    }

    /// Verifies an envelope as production does, each only once.
    SignedContact open(Bytes envelope) throws ProtocolException {
        var known = verified.get(envelope);
        if (known == null) {
            known = SignedContact.open(envelope, signatures);
            verified.put(envelope, known);
        }
        return known;
    }

    /// Whether the record is what its provider says now.
    boolean isGenuine(SignedContact record) {
        var seat = population.find(record.peer());
        return seat.isPresent() && record.equals(record(seat.getAsInt()));
    }

    void died(int seat) {
        diedAt[seat] = simulation.elapsedMicros();
        var record = records[seat];
        if (record != null) {
            verified.remove(record.envelope());
        }
        notices.died(seat);
        neighbourhood.died(seat);
    }

    boolean isDead(int seat) {
        return diedAt[seat] != Long.MAX_VALUE;
    }

    boolean wasDeadAt(int seat, long micros) {
        return diedAt[seat] <= micros;
    }

    @Override
    public KademliaConfig config() {
        return config;
    }

    @Override
    public Validators validators() {
        return new Validators(Map.of());
    }

    @Override
    public KadPeer peer(int number) {
        return peers[number];
    }

    @Override
    public int reachable(KadPeer peer) {
        return population.number(peer.id());
    }

    int number(PeerId peer) {
        return population.number(peer);
    }

    @Override
    public Set<Integer> entrances(int agent, RandomGenerator random) {
        var chosen = new LinkedHashSet<Integer>();
        int others = neighbourhood.count() - 1;
        while (chosen.size() < Math.min(ENTRANCES, others)) {
            int other = neighbourhood.any();
            if (other != agent) {
                chosen.add(other);
            }
        }
        return chosen;
    }

    @Override
    public KadMessage shared(KadMessage message) {
        if (message.closer().isEmpty() && message.providers().isEmpty()) {
            return message;
        }
        return message.answeredWith(
                message.record(), shared(message.closer()), shared(message.providers()));
    }

    private List<KadPeer> shared(List<KadPeer> named) {
        return named.stream().map(peer -> peers[population.number(peer.id())]).toList();
    }

    @Override
    public boolean keeps(int agent, int peer) {
        return neighbourhood.contains(agent, peer);
    }

    @Override
    public boolean insists(int agent) {
        return false;
    }

    @Override
    public void asks(int agent, KadPeer to) {}

    @Override
    public void ended(int agent, long queryId, Found found) {
        simulation.after(agent, SEARCH, Duration.ZERO, new SearchNode.Provided(queryId, found));
    }

    @Override
    public void remembers(List<KadPeer> kept) {}
}
