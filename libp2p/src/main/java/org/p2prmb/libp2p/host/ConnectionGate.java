package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/// Counts a host's connections and refuses those above its [ConnectionLimits].
final class ConnectionGate {
    /// Whoever has one IPv6 address usually has this much of the network, in bytes.
    private static final int IP6_NETWORK_BYTES = 7;

    private final ConnectionLimits limits;
    private final Map<Bytes, Integer> inboundByAddress = new HashMap<>();
    private final Map<PeerId, Integer> byPeer = new HashMap<>();
    private int total;
    private int inbound;
    private int pendingInbound;

    ConnectionGate(ConnectionLimits limits) {
        this.limits = limits;
    }

    /// Counts a connection that `remote` dialled. Throws with the reason when it is refused.
    synchronized Admission admitInbound(InetAddress remote) throws IOException {
        return admitFrom(countedNetwork(remote));
    }

    /// Counts a connection that a relay brings: its caller has no address that could be counted.
    synchronized Admission admitRelayed() throws IOException {
        return admitFrom(null);
    }

    private Admission admitFrom(@Nullable Bytes network) throws IOException {
        refuseIf(total >= limits.totalMax(), "too many connections");
        refuseIf(inbound >= limits.inboundMax(), "too many inbound connections");
        refuseIf(pendingInbound >= limits.pendingInboundMax(), "too many pending connections");
        if (network != null) {
            var open = inboundByAddress.getOrDefault(network, 0);
            refuseIf(open >= limits.perAddressMax(), "too many connections from one address");
            inboundByAddress.put(network, open + 1);
        }
        total++;
        inbound++;
        pendingInbound++;
        return new Admission(true, network);
    }

    /// Counts a connection that we dial. Throws with the reason when it is refused.
    synchronized Admission admitOutbound() throws IOException {
        refuseIf(total >= limits.totalMax(), "too many connections");
        total++;
        return new Admission(false, null);
    }

    private @Nullable Bytes countedNetwork(InetAddress remote) {
        if (remote.isLoopbackAddress() && limits.exemptLoopback()) {
            return null;
        }
        var address = Bytes.wrap(remote.getAddress());
        return address.size() > 4 ? address.slice(0, IP6_NETWORK_BYTES) : address;
    }

    private static void refuseIf(boolean full, String reason) throws IOException {
        if (full) {
            throw new IOException(reason);
        }
    }

    /// The place that one connection takes, until it is closed.
    final class Admission implements AutoCloseable {
        private final boolean fromRemote;
        private final @Nullable Bytes network;
        private boolean pending;
        private boolean closed;
        private @Nullable PeerId peer;

        private Admission(boolean fromRemote, @Nullable Bytes network) {
            this.fromRemote = fromRemote;
            this.network = network;
            this.pending = fromRemote;
        }

        /// The connection has proven to be with `proven`. Throws with the reason when there are
        /// too many with it.
        void established(PeerId proven) throws IOException {
            synchronized (ConnectionGate.this) {
                var open = byPeer.getOrDefault(proven, 0);
                refuseIf(open >= limits.perPeerMax(), "too many connections with one peer");
                byPeer.put(proven, open + 1);
                peer = proven;
                notPending();
            }
        }

        private void notPending() {
            if (pending) {
                pending = false;
                pendingInbound--;
            }
        }

        @Override
        public void close() {
            synchronized (ConnectionGate.this) {
                if (closed) {
                    return;
                }
                closed = true;
                notPending();
                total--;
                inbound -= fromRemote ? 1 : 0;
                decrement(inboundByAddress, network);
                decrement(byPeer, peer);
            }
        }
    }

    private static <K> void decrement(Map<K, Integer> counts, @Nullable K key) {
        if (key != null) {
            counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
