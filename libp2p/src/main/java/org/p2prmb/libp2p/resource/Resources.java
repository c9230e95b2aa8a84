package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.net.InetAddress;
import java.time.Instant;
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
    final Scopes<Bytes> networks;
    final Scopes<PeerId> peers;
    final Scopes<String> protocols;
    final Scopes<PeerProtocol> peerProtocols;
    private final AddressRate rate;
    private final Map<String, Long> refused = new TreeMap<>();

    /// The scope of one protocol with one peer.
    record PeerProtocol(PeerId peer, String protocol) {}

    public Resources(ResourceLimits limits) {
        this.limits = limits;
        var addresses = limits.addresses();
        system = new Usage(ScopeName.SYSTEM, limits.system());
        unproven = new Usage(ScopeName.TRANSIENT, limits.unproven());
        networks = new Scopes<>(network -> new Usage(ScopeName.IP, ofNetwork(network, addresses)));
        peers = new Scopes<>(_ -> new Usage(ScopeName.PEER, limits.peer()));
        protocols =
                new Scopes<>(name -> new Usage(ScopeName.PROTOCOL, limits.protocol(name).all()));
        peerProtocols =
                new Scopes<>(key ->
                        new Usage(
                                ScopeName.PROTOCOL_PEER,
                                limits.protocol(key.protocol()).perPeer()));
        rate = new AddressRate(addresses.burst(), addresses.refill());
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
        var counted = remote.filter(this::isCounted).map(Resources::networksOf).orElse(List.of());
        check(Amount.CONNECTION_IN, system, unproven);
        for (var network : counted) {
            check(Amount.CONNECTION_IN, networks.of(network));
        }
        if (!counted.isEmpty() && !rate.take(now, counted.getFirst())) {
            throw refusal("connections-rate", "too many new connections from one address");
        }
        system.add(Amount.CONNECTION_IN);
        unproven.add(Amount.CONNECTION_IN);
        counted.forEach(key -> networks.add(key, networks.of(key), Amount.CONNECTION_IN));
        return new ConnectionScope(this, true, counted);
    }

    /// Counts a connection that we dial. Throws when the host is full; how many dials run at a time
    /// is the dialer's to keep, in which the rest wait.
    public synchronized ConnectionScope dial() throws ResourceLimitException {
        check(Amount.CONNECTION_OUT, system);
        system.add(Amount.CONNECTION_OUT);
        unproven.add(Amount.CONNECTION_OUT);
        return new ConnectionScope(this, false, List.of());
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

    /// Throws with the first of `scopes` that has no room for `amount`.
    void check(Amount amount, Usage... scopes) throws ResourceLimitException {
        for (var scope : scopes) {
            if (!scope.fits(amount)) {
                throw refusal(amount.kind + "-" + scope.name(), scope.refusal(amount));
            }
        }
    }

    private ResourceLimitException refusal(String counter, String reason) {
        count(counter);
        return new ResourceLimitException(reason);
    }

    /// One more thing was refused; the names are few, for none comes from others.
    void count(String counter) {
        refused.merge(counter, 1L, Long::sum);
    }

    /// What is held now.
    public synchronized ResourceUse use() {
        return new ResourceUse(
                system.count(Amount.CONNECTION_IN),
                system.count(Amount.CONNECTION_OUT),
                unproven.connections(),
                system.count(Amount.STREAM_IN),
                system.count(Amount.STREAM_OUT),
                system.bytes(),
                peers.size(),
                Map.copyOf(refused));
    }
}
