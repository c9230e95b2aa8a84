package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.List;

/// Where agents that may watch us are found: the DHT, or our own contact book.
@FunctionalInterface
interface WatcherDirectory {
    /// An agent, and where it is said to be reached.
    record Entry(PeerId peer, List<Multiaddr> addresses) {
        public Entry {
            addresses = List.copyOf(addresses);
        }
    }

    /// The agents nearest to a key of the DHT, nearest first; may wait for the network.
    List<Entry> closest(Bytes key, int max) throws InterruptedException;

    /// Looks elsewhere when nothing is found here.
    default WatcherDirectory orElse(WatcherDirectory other) {
        return (key, max) -> {
            var found = closest(key, max);
            return found.isEmpty() ? other.closest(key, max) : found;
        };
    }
}
