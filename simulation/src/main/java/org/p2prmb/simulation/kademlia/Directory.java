package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.Key;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/// Everybody who is ever named: by number, where in the key space, and at which address.
///
/// The agents come first, then the sybils, then those who are only invented. Nobody proves an
/// identity here, so ids have no private keys.
final class Directory {
    /// Those who own a network of their own, and so share it with everybody at most by chance.
    private static final int NETWORKS_FIRST = 11;

    private static final int NETWORKS_END = 100;
    private static final int BYTE = 256;

    /// How the id of an Ed25519 key begins.
    private static final Bytes ID_HEADER = Bytes.hex("002408011220");

    private static final int KEY_BYTES = 32;
    private static final int UNKNOWN = -1;

    private final List<KadPeer> peers = new ArrayList<>();
    private final Map<PeerId, Integer> numbers = new HashMap<>();
    private final RandomGenerator random;

    Directory(RandomGenerator random) {
        this.random = random;
    }

    /// A new peer with so many addresses, each in some network.
    int add(int addresses) {
        var chosen = new ArrayList<Multiaddr>();
        for (int count = 0; count < addresses; count++) {
            int network = random.nextInt(NETWORKS_FIRST, NETWORKS_END);
            chosen.add(address(network, random.nextInt(BYTE)));
        }
        return add(randomId(random), chosen);
    }

    int add(PeerId id, List<Multiaddr> addresses) {
        int number = peers.size();
        peers.add(KadPeer.of(id, addresses));
        numbers.put(id, number);
        return number;
    }

    static PeerId randomId(RandomGenerator random) {
        var key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return new PeerId(ID_HEADER.concat(Bytes.wrap(key)));
    }

    /// Some address in a network of 2^16.
    Multiaddr address(int first, int second) {
        return Multiaddr.parse(
                "/ip4/%d.%d.%d.%d/tcp/4001"
                        .formatted(first, second, random.nextInt(BYTE), random.nextInt(1, 255)));
    }

    int size() {
        return peers.size();
    }

    KadPeer peer(int number) {
        return peers.get(number);
    }

    /// The number of that peer; negative when nobody has that id.
    int number(PeerId id) {
        return numbers.getOrDefault(id, UNKNOWN);
    }

    /// The one object that stands for all equal ones, so that a large network has room.
    KadPeer shared(KadPeer peer) {
        int number = number(peer.id());
        return number != UNKNOWN && peers.get(number).equals(peer) ? peers.get(number) : peer;
    }

    /// The numbers of the eligible among the first `count` peers that are nearest to `target`,
    /// nearest first, at most `max`.
    List<Integer> nearest(Key target, int count, int max, IntPredicate eligible) {
        var nearest = new ArrayList<Integer>(max + 1);
        for (int number = 0; number < count; number++) {
            if (eligible.test(number)) {
                insert(nearest, number, target);
                if (nearest.size() > max) {
                    nearest.removeLast();
                }
            }
        }
        return nearest;
    }

    private void insert(List<Integer> nearest, int number, Key target) {
        var key = peer(number).key();
        int place = nearest.size();
        while (place > 0 && target.compareDistances(key, peer(nearest.get(place - 1)).key()) < 0) {
            place--;
        }
        nearest.add(place, number);
    }
}
