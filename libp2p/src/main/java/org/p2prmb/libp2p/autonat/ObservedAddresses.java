package org.p2prmb.libp2p.autonat;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.multiaddr.IpNetwork;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Where we may be reached although we do not listen there: what peers see us come from, with the
/// ports that we listen on. A router that passes a port on mostly keeps its number.
///
/// A peer's word is a claim. Observers of four networks must agree before an address is looked
/// into, each network has one vote, its last, and nothing is announced that AutoNAT has not
/// confirmed. Safe for many threads.
@Pure
public final class ObservedAddresses {
    /// Networks that must have seen the same address.
    static final int OBSERVERS_MIN = 4;

    /// Votes that are kept, the newest.
    static final int VOTES_MAX = 64;

    /// Addresses that are believed at a time: one of IPv4 and one of IPv6, or two providers'.
    static final int SEEN_MAX = 2;

    private final SequencedMap<Bytes, InetAddress> votes = new LinkedHashMap<>();

    /// A peer at `observer` says that it sees us at `observed`. Without IP addresses in both it
    /// says nothing, nor when one of them is a relay's.
    public synchronized void observed(Multiaddr observer, Multiaddr observed) {
        var network = observer.ip().map(IpNetwork::of);
        var seen = observed.ip();
        if (network.isEmpty() || seen.isEmpty() || observer.isCircuit() || observed.isCircuit()) {
            return;
        }
        votes.putLast(network.get(), seen.get());
        if (votes.size() > VOTES_MAX) {
            votes.pollFirstEntry();
        }
    }

    /// The addresses to look into, for a host that listens on `listening`.
    public synchronized List<Multiaddr> candidates(List<Multiaddr> listening) {
        return seen().stream()
                .flatMap(ip -> listening.stream().flatMap(own -> own.withIp(ip).stream()))
                .distinct()
                .filter(address -> !listening.contains(address))
                .toList();
    }

    /// The most observed first.
    private List<InetAddress> seen() {
        var counts = new HashMap<InetAddress, Integer>();
        votes.values().forEach(ip -> counts.merge(ip, 1, Integer::sum));
        return counts.entrySet().stream()
                .filter(count -> count.getValue() >= OBSERVERS_MIN)
                .sorted(
                        Map.Entry.<InetAddress, Integer>comparingByValue()
                                .reversed()
                                .thenComparing(count -> Bytes.wrap(count.getKey().getAddress())))
                .limit(SEEN_MAX)
                .map(Map.Entry::getKey)
                .toList();
    }
}
