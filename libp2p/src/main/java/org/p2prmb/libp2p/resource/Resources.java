package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The resource manager of a host: counts its connections, streams and memory in nested scopes and
/// refuses what does not fit into every one of them.
///
/// Whoever reserves gets a [ConnectionScope] or a [StreamScope] and closes it once, however its
/// connection or stream ends. Safe for many threads; nothing here waits.
public final class Resources {
    /// An IPv4 address, or an IPv6 /56.
    private static final int NETWORK_BYTES = 7;

    /// An IPv6 /48.
    private static final int SITE_BYTES = 6;

    final ResourceLimits limits;

    // All that follows is guarded by this.
    final Usage system;
    final Usage unproven;
    final Scopes<PeerId> unprovenOfPeers;
    final Scopes<Bytes> networks;
    final Scopes<PeerId> peers;
    final Scopes<String> protocols;
    final Scopes<PeerAnd> peerProtocols;
    final Scopes<String> services;
    final Scopes<PeerAnd> peerServices;
    private final Map<String, ServiceLimits> serviceOf = new HashMap<>();
    private final AddressRate rate;
    private final Map<String, Long> refused = new TreeMap<>();

    /// The scope of one protocol or service with one peer.
    record PeerAnd(PeerId peer, String name) {}

    public Resources(ResourceLimits limits) {
        this.limits = limits;
        var addresses = limits.addresses();
        system = new Usage(ScopeName.SYSTEM, limits.system());
        unproven = new Usage(ScopeName.TRANSIENT, limits.unproven().all());
        unprovenOfPeers = new Scopes<>(ScopeName.TRANSIENT_PEER, _ -> limits.unproven().perPeer());
        networks = new Scopes<>(ScopeName.IP, network -> ofNetwork(network, addresses));
        peers = new Scopes<>(ScopeName.PEER, _ -> limits.peer());
        protocols = new Scopes<>(ScopeName.PROTOCOL, _ -> limits.protocol().all());
        peerProtocols = new Scopes<>(ScopeName.PROTOCOL_PEER, _ -> limits.protocol().perPeer());
        services = new Scopes<>(ScopeName.SERVICE, name -> service(name).all());
        peerServices = new Scopes<>(ScopeName.SERVICE_PEER, key -> service(key.name()).perPeer());
        limits.services()
                .forEach(service ->
                        service.protocols().forEach(protocol -> serviceOf.put(protocol, service)));
        rate = new AddressRate(addresses.burst(), addresses.refill());
    }

    private ServiceLimits service(String name) {
        return limits.services().stream()
                .filter(service -> service.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static ScopeLimits ofNetwork(Bytes network, AddressLimits limits) {
        var most =
                network.size() == SITE_BYTES
                        ? limits.siteConnectionsMax()
                        : limits.connectionsMax();
        return ScopeLimits.NONE.withConnections(most, most, most);
    }

    /// Counts a connection that `remote` dialled; no address for one that came through a relay.
    /// Throws with the scope that is full.
    public synchronized ConnectionScope accept(Instant now, Optional<InetAddress> remote)
            throws ResourceLimitException {
        var keys = remote.filter(this::isCounted).map(Resources::networksOf).orElse(List.of());
        var scopes = new ArrayList<>(List.of(system, unproven));
        keys.forEach(key -> scopes.add(networks.of(key)));
        check(Amount.CONNECTION_IN, scopes);
        if (!keys.isEmpty() && !rate.take(now, keys.getFirst())) {
            throw refusal("connections-rate", "too many new connections from one address");
        }
        scopes.forEach(scope -> scope.add(Amount.CONNECTION_IN));
        scopes.remove(unproven);
        return new ConnectionScope(this, Amount.CONNECTION_IN, scopes);
    }

    /// Counts a connection that we dial. Throws when the host is full; how many dials run at a time
    /// is the dialer's to keep, in which the rest wait.
    public synchronized ConnectionScope dial() throws ResourceLimitException {
        check(Amount.CONNECTION_OUT, List.of(system));
        system.add(Amount.CONNECTION_OUT);
        unproven.add(Amount.CONNECTION_OUT);
        return new ConnectionScope(this, Amount.CONNECTION_OUT, List.of(system));
    }

    private boolean isCounted(InetAddress remote) {
        return !(remote.isLoopbackAddress() && limits.addresses().exemptLoopback());
    }

    private static List<Bytes> networksOf(InetAddress remote) {
        var address = Bytes.wrap(remote.getAddress());
        return address.size() < NETWORK_BYTES
                ? List.of(address)
                : List.of(address.slice(0, NETWORK_BYTES), address.slice(0, SITE_BYTES));
    }

    /// The scopes of a stream of `peer` on which no protocol is agreed, likewise.
    List<Usage> unproven(PeerId peer) {
        return List.of(unproven, unprovenOfPeers.of(peer));
    }

    /// The scopes of a stream of `peer` on which `protocol` is agreed, besides the peer's and the
    /// system's.
    List<Usage> agreed(PeerId peer, String protocol) {
        var own = List.of(protocols.of(protocol), peerProtocols.of(new PeerAnd(peer, protocol)));
        var service = serviceOf.get(protocol);
        if (service == null) {
            return own;
        }
        var name = service.name();
        return List.of(
                own.getFirst(),
                own.getLast(),
                services.of(name),
                peerServices.of(new PeerAnd(peer, name)));
    }

    /// Adds to all of `scopes`, or throws with the first of them that has no room, and to none.
    void reserve(Amount amount, List<Usage> scopes) throws ResourceLimitException {
        check(amount, scopes);
        for (var scope : scopes) {
            scope.add(amount);
        }
    }

    private void check(Amount amount, List<Usage> scopes) throws ResourceLimitException {
        for (var scope : scopes) {
            if (!scope.fits(amount)) {
                throw refusal(amount.kind + "-" + scope.name(), scope.refusal(amount));
            }
        }
    }

    /// Adds memory to all of `scopes`, or to none and returns false. Windows may grow while half of
    /// each scope stays for data that has come.
    boolean reserve(long bytes, boolean growth, List<Usage> scopes) {
        for (var scope : scopes) {
            if (!scope.fits(bytes, growth)) {
                count((growth ? "windows-" : "memory-") + scope.name());
                return false;
            }
        }
        for (var scope : scopes) {
            scope.add(bytes);
        }
        return true;
    }

    /// Gives back what [#reserve] took.
    static void give(Amount amount, List<Usage> scopes) {
        for (var scope : scopes) {
            scope.remove(amount);
        }
    }

    /// Gives memory back.
    static void give(long bytes, List<Usage> scopes) {
        for (var scope : scopes) {
            scope.add(-bytes);
        }
    }

    private ResourceLimitException refusal(String counter, String reason) {
        count(counter);
        return new ResourceLimitException(reason);
    }

    /// One more thing was refused; the names are few, for none comes from others.
    private void count(String counter) {
        refused.merge(counter, 1L, Long::sum);
    }

    /// What is held now.
    public synchronized ResourceUse use() {
        var ofServices = new TreeMap<String, Integer>();
        for (var service : limits.services()) {
            ofServices.put(service.name(), services.of(service.name()).streams());
        }
        return new ResourceUse(
                system.count(Amount.CONNECTION_IN),
                system.count(Amount.CONNECTION_OUT),
                unproven.connections(),
                system.count(Amount.STREAM_IN),
                system.count(Amount.STREAM_OUT),
                unproven.streams(),
                ofServices,
                system.bytes(),
                unproven.bytes(),
                protocols.all().stream().mapToLong(Usage::bytes).sum(),
                peers.size(),
                Map.copyOf(refused));
    }
}
