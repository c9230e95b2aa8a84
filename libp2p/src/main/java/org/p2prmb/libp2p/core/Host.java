package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// A libp2p peer: one identity, its listeners, its connections and the protocols that it serves.
///
/// Hosts share no static state: a process may run many.
public interface Host extends AutoCloseable {
    KeyPair keys();

    default PeerId peerId() {
        return keys().peerId();
    }

    /// Addresses that we really listen on (ports resolved, wildcard hosts expanded to the machine's
    /// own addresses), without `/p2p`.
    List<Multiaddr> listenAddresses();

    /// Serves `protocol` from now on; identify tells connected peers of the change.
    void handle(String protocol, StreamHandler handler);

    /// No longer serves `protocol`.
    void unhandle(String protocol);

    /// Speaks `protocol`, from now on, also on connections that a relay limits in time and bytes,
    /// whoever opens the stream. Others are not worth them; identify and ping always are.
    default void allowLimited(String protocol) {}

    /// Where others are told to dial us, without `/p2p`: what we listen on unless we know better,
    /// and addresses through relays where we have a place.
    default List<Multiaddr> announcedAddresses() {
        return listenAddresses();
    }

    /// An open connection to `peer`: an existing one whose remote has not said that it leaves, or
    /// else the first of `addresses` that answers and proves to be `peer`. Concurrent calls for one
    /// peer share one dial.
    ///
    /// Throws [java.io.IOException] that names every address tried and why it failed.
    Connection connect(PeerId peer, List<Multiaddr> addresses, Duration limit) throws IOException;

    /// Dials `address`, which must end with `/p2p/<peer>`.
    Connection connect(Multiaddr address, Duration limit) throws IOException;

    /// The open connections, oldest first.
    List<Connection> connections();

    /// The open connections with `peer` that take new streams, without those whose remote has said
    /// that it leaves, and without limited ones if there are others: first those that stay when
    /// both dialled, the oldest of them first.
    List<Connection> connections(PeerId peer);

    /// Adds a listener that hears of connections opened and closed and of identify results, first
    /// of those that are known already. It is called on a virtual thread of its own, in order, and
    /// may block. A result may be told after the end of its connection.
    void listen(HostListener listener);

    /// Asks `use`, from now on, before a connection is closed because no stream uses it or because
    /// there are too many. A host that closes none for such reasons has nothing to ask.
    default void keepFor(ConnectionUse use) {}

    /// Leaves: closes listeners and connections and waits for the threads, at most 5 seconds.
    @Override
    void close();

    /// As a crash would: sockets are closed without a word to anybody. For tests and simulations.
    void abort();
}
