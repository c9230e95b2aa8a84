package org.p2prmb.node;

import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.Kademlia;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.KnownPeers;
import org.p2prmb.discovery.kademlia.OwnerRecordValidator;
import org.p2prmb.discovery.kademlia.Validators;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.DhtMode;
import org.p2prmb.protocols.statements.OwnerStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The agent's part in the DHT, if it takes any: where owner records are published and found.
final class Dht implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Dht.class);

    /// Agents come and go: who provided a tag a while ago is often gone.
    private static final Duration PROVIDER_TTL = Duration.ofMinutes(30);

    private static final Duration REPROVIDE_INTERVAL = Duration.ofMinutes(15);

    private final Optional<Kademlia> kademlia;
    private final boolean publishes;
    private final Errands errands;

    private Dht(Optional<Kademlia> kademlia, boolean publishes, Errands errands) {
        this.kademlia = kademlia;
        this.publishes = publishes;
        this.errands = errands;
    }

    static Dht start(
            Host host,
            AgentConfig config,
            KnownPeers known,
            InstantSource clock,
            Errands errands,
            Consumer<Throwable> died) {
        if (config.dht().mode() == DhtMode.OFF) {
            return new Dht(Optional.empty(), false, errands);
        }
        var validators =
                new Validators(Map.of(OwnerRecordValidator.NAMESPACE, new OwnerRecordValidator()));
        var settings =
                KademliaConfig.defaults()
                        .withProviders(PROVIDER_TTL, REPROVIDE_INTERVAL)
                        .withServer(config.dht().mode() == DhtMode.SERVER)
                        .withExemptLoopback(config.exemptLoopback());
        var kademlia =
                Kademlia.start(host, settings, validators, known, clock, new SecureRandom(), died);
        return new Dht(Optional.of(kademlia), config.dht().ownerRecord(), errands);
    }

    /// Whether there is one.
    boolean isOn() {
        return kademlia.isPresent();
    }

    /// Publishes the owner's record, now and from time to time, if the owner wants that.
    void publish(OwnerStatement statement) {
        if (publishes) {
            kademlia.ifPresent(dht -> errands.start(() -> publish(dht, statement)));
        }
    }

    private static void publish(Kademlia dht, OwnerStatement statement)
            throws InterruptedException {
        var key = OwnerRecordValidator.key(statement.record().owner());
        try {
            var stored = dht.put(key, statement.envelope());
            log.debug("the owner's record is in the DHT, with {} peers", stored);
        } catch (IllegalArgumentException e) {
            log.warn("the owner's record has expired, so it is not published: {}", e.getMessage());
        }
    }

    /// The newest statement of an owner that the DHT has.
    Optional<OwnerStatement> find(PublicKey owner) {
        return kademlia.flatMap(dht -> find(dht, owner));
    }

    private static Optional<OwnerStatement> find(Kademlia dht, PublicKey owner) {
        try {
            var value = dht.get(OwnerRecordValidator.key(owner));
            return value.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OwnerStatement.open(value.get()));
        } catch (ProtocolException e) {
            throw new IllegalStateException("the DHT returned an invalid value", e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The caller is closing.
            return Optional.empty();
        }
    }

    /// Where a peer is reached, as those say who know it.
    List<Multiaddr> addresses(PeerId peer) {
        try {
            return kademlia.isEmpty()
                    ? List.of()
                    : kademlia.get().findPeer(peer).map(KadPeer::addresses).orElse(List.of());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The caller is closing.
            return List.of();
        }
    }

    /// Says from now on that we provide what the key names.
    void provide(Bytes key) {
        kademlia.ifPresent(dht ->
                errands.start(() -> {
                    var told = dht.provide(key);
                    log.debug("{} peers know what we provide", told);
                }));
    }

    /// Says no longer that we provide what the key names.
    void withdraw(Bytes key) {
        kademlia.ifPresent(dht -> errands.start(() -> dht.withdraw(key)));
    }

    /// Those who say to provide what the key names, and where they are said to be.
    Map<PeerId, List<Multiaddr>> providers(Bytes key, int max) throws InterruptedException {
        var providers = new LinkedHashMap<PeerId, List<Multiaddr>>();
        if (kademlia.isPresent()) {
            for (var peer : kademlia.get().providers(key, max)) {
                providers.put(peer.id(), peer.addresses());
            }
        }
        return providers;
    }

    /// The agents nearest to a key, nearest first; none when we take no part.
    List<WatcherDirectory.Entry> closest(Bytes key, int max) throws InterruptedException {
        if (kademlia.isEmpty()) {
            return List.of();
        }
        return kademlia.get().closest(key).stream()
                .limit(max)
                .map(peer -> new WatcherDirectory.Entry(peer.id(), peer.addresses()))
                .toList();
    }

    /// How many peers stand in our routing table; 0 when we take no part.
    int tableSize() {
        return kademlia.map(Kademlia::tableSize).orElse(0);
    }

    @Override
    public void close() {
        kademlia.ifPresent(Kademlia::close);
    }
}
