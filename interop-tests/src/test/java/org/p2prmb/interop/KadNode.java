package org.p2prmb.interop;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A peer of any implementation that takes part in Kademlia.
interface KadNode extends AutoCloseable {
    /// Whose implementation a node is.
    enum Kind {
        JAVA {
            @Override
            KadNode start(boolean server) throws IOException {
                return JavaKad.start(server);
            }
        },
        RUST {
            @Override
            KadNode start(boolean server) throws IOException, InterruptedException {
                // A record of rust-libp2p's form costs it all that js-libp2p would learn of it.
                return new ForeignKad(RustPeer.start("--kad", mode(server), "--no-peer-record"));
            }
        },
        JS {
            @Override
            KadNode start(boolean server) throws IOException, InterruptedException {
                return new ForeignKad(JsPeer.start("--kad", mode(server)));
            }
        };

        abstract KadNode start(boolean server) throws IOException, InterruptedException;

        KadNode start() throws IOException, InterruptedException {
            return start(true);
        }

        private static String mode(boolean server) {
            return server ? "server" : "client";
        }
    }

    /// What the DHT keeps: an owner record and the key that it may stand under.
    record Value(Bytes key, Bytes bytes) {}

    PeerId peerId();

    /// Where it listens, with `/p2p`.
    Multiaddr address();

    /// Connects to a server, and returns when it is in the routing table.
    void join(KadNode server) throws IOException, InterruptedException;

    /// Returns when that peer is in the routing table.
    void awaitRouted(PeerId peer) throws InterruptedException;

    /// The peers nearest to `target`, with their addresses without `/p2p`.
    Map<PeerId, List<Multiaddr>> findNode(PeerId target) throws IOException, InterruptedException;

    /// A value that this node signed, as its own owner.
    Value ownerRecord(long sequence) throws IOException, InterruptedException;

    /// Stores a value on the peers nearest to its key. Fails when nobody took it.
    void put(Value value) throws IOException, InterruptedException;

    /// The best value that the network has under the key.
    Optional<Bytes> get(Bytes key) throws IOException, InterruptedException;

    /// Tells the peers nearest to the key, a multihash, that this one has what it names.
    void provide(Bytes key) throws IOException, InterruptedException;

    Set<PeerId> providers(Bytes key) throws IOException, InterruptedException;

    /// Returns when this node has served a request of this kind.
    void awaitServed(String request) throws InterruptedException;

    /// Returns when this node has refused to store a value.
    void awaitRefusal() throws InterruptedException;

    @Override
    void close();
}
