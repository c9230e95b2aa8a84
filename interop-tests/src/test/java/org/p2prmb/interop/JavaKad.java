package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.Kademlia;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.KnownPeers;
import org.p2prmb.discovery.kademlia.OwnerRecordValidator;
import org.p2prmb.discovery.kademlia.Validators;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.statements.OwnerRecord;
import org.p2prmb.protocols.statements.OwnerStatement;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A host of ours as a node of the DHT.
final class JavaKad implements KadNode {
    private static final int PROVIDERS_MAX = 20;

    private final JavaPeer peer;
    private final Kademlia kademlia;
    private final Arrivals<WatchedHost.Served> served = new Arrivals<>("the Java peer");
    private final Arrivals<Throwable> failures = new Arrivals<>("the Java peer");

    private JavaKad(JavaPeer peer, boolean server) {
        this.peer = peer;
        this.kademlia =
                Kademlia.start(
                        new WatchedHost(peer.host(), served),
                        KademliaConfig.defaults().withServer(server),
                        new Validators(
                                Map.of(OwnerRecordValidator.NAMESPACE, new OwnerRecordValidator())),
                        KnownPeers.none(),
                        InstantSource.system(),
                        new SecureRandom(),
                        failures::add);
    }

    static JavaKad start(boolean server) throws IOException {
        return new JavaKad(JavaPeer.start(), server);
    }

    @Override
    public PeerId peerId() {
        return peer.peerId();
    }

    @Override
    public Multiaddr address() {
        return peer.address();
    }

    @Override
    public void join(KadNode server) throws IOException {
        peer.host().connect(server.address(), Arrivals.PATIENCE);
        awaitRouted(server.peerId());
    }

    @Override
    public void awaitRouted(PeerId routed) {
        await().atMost(Arrivals.PATIENCE).until(() -> findNode(routed).containsKey(routed));
    }

    @Override
    public Map<PeerId, List<Multiaddr>> findNode(PeerId target) throws InterruptedException {
        var found = new HashMap<PeerId, List<Multiaddr>>();
        for (var near : kademlia.closest(target.multihash())) {
            found.put(near.id(), near.addresses().stream().map(Multiaddr::withoutPeer).toList());
        }
        return found;
    }

    @Override
    public Value ownerRecord(long sequence) throws IOException {
        var keys = peer.host().keys();
        var expiry = InstantSource.system().instant().plus(Duration.ofHours(1));
        var record =
                new OwnerRecord(
                        keys.publicKey(),
                        List.of(peerId()),
                        List.of(address()),
                        sequence,
                        expiry.truncatedTo(ChronoUnit.MILLIS));
        var statement = OwnerStatement.countersign(record.seal(keys), keys);
        return new Value(OwnerRecordValidator.key(keys.publicKey()), statement.envelope());
    }

    @Override
    public void put(Value value) throws InterruptedException {
        assertThat(kademlia.put(value.key(), value.bytes())).as("who took the value").isPositive();
    }

    @Override
    public Optional<Bytes> get(Bytes key) throws InterruptedException {
        return kademlia.get(key);
    }

    @Override
    public void provide(Bytes key) throws InterruptedException {
        assertThat(kademlia.provide(key)).as("who was told").isPositive();
    }

    @Override
    public Set<PeerId> providers(Bytes key) throws InterruptedException {
        var providers = new HashSet<PeerId>();
        kademlia.providers(key, PROVIDERS_MAX).stream().map(KadPeer::id).forEach(providers::add);
        return providers;
    }

    @Override
    public void awaitServed(String request) throws InterruptedException {
        served.await(request, event -> event.request().equals(request) && !event.refused());
    }

    @Override
    public void awaitRefusal() throws InterruptedException {
        served.await("refusal", WatchedHost.Served::refused);
    }

    @Override
    public void close() {
        kademlia.close();
        peer.close();
        assertThat(failures.seen(_ -> true)).isEmpty();
    }
}
