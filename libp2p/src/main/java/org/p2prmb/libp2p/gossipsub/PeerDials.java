package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.Rpc.Introduction;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// The dials that a router asks for: peers that others introduced, and direct peers that are gone.
/// Each has a thread, and there are only so many; what is above is not dialled.
final class PeerDials {
    private static final Logger log = LoggerFactory.getLogger(PeerDials.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int DIALS_MAX = 32;

    private final Host host;
    private final GossipConfig config;
    private final GossipCodec codec;
    private final Semaphore room = new Semaphore(DIALS_MAX);

    PeerDials(Host host, GossipConfig config, GossipCodec codec) {
        this.host = host;
        this.config = config;
        this.codec = codec;
    }

    /// Dials the peers that `by` introduced with a record that they signed themselves.
    void introduced(PeerId by, List<Introduction> peers) {
        peers.forEach(introduction -> inBackground(() -> introduced(by, introduction)));
    }

    private void introduced(PeerId by, Introduction introduction) throws IOException {
        var record = codec.record(introduction);
        var told =
                host.connections(by).stream()
                        .findFirst()
                        .flatMap(connection -> connection.remoteAddress().scope())
                        .orElse(AddressScope.PUBLIC);
        var addresses = record.addresses().stream().filter(each -> mayDial(each, told)).toList();
        dial(record.peer(), addresses);
    }

    /// Addresses of a narrower network than the one on which we heard of them lead elsewhere.
    private static boolean mayDial(Multiaddr address, AddressScope told) {
        return told.atMostAsWideAs(address.scope().orElse(AddressScope.PUBLIC));
    }

    /// Dials direct peers.
    void direct(Set<PeerId> peers) {
        for (var peer : peers) {
            var addresses = config.directPeers().getOrDefault(peer, List.of());
            inBackground(() -> dial(peer, addresses));
        }
    }

    private void dial(PeerId peer, List<Multiaddr> addresses) throws IOException {
        var connected = host.connections(peer).stream().anyMatch(Connection::isOpen);
        if (!connected && !peer.equals(host.peerId())) {
            host.connect(peer, addresses, LIMIT);
        }
    }

    private interface Dial {
        void run() throws IOException;
    }

    private void inBackground(Dial dial) {
        if (!room.tryAcquire()) {
            log.debug("too many dials at once: one is left out");
            return;
        }
        Thread.ofVirtual()
                .name("gossip-dial")
                .start(() -> {
                    try {
                        dial.run();
                    } catch (ProtocolException e) {
                        log.debug("introduction without a valid record: {}", e.getMessage());
                    } catch (IOException e) {
                        log.debug("dial failed: {}", e.toString());
                    } finally {
                        room.release();
                    }
                });
    }
}
