package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.Key;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Peers that do not exist, as many as a liar needs to have some near every key.
final class Inventions {
    /// One answer names more networks than peers.
    private static final int ADDRESSES = 3;

    private final List<KadPeer> byKey = new ArrayList<>();

    /// Invents `count` peers, which the directory has from now on as those that nobody reaches.
    Inventions(Directory directory, int count) {
        for (int number = 0; number < count; number++) {
            byKey.add(directory.peer(directory.add(ADDRESSES)));
        }
        byKey.sort(Comparator.comparing(KadPeer::key));
    }

    /// `count` of them that are about as near to `target` as any, nearest first.
    List<KadPeer> near(Key target, int count) {
        int from = Math.clamp(place(target) - count / 2, 0, byKey.size() - count);
        var near = new ArrayList<>(byKey.subList(from, from + count));
        near.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return near;
    }

    private int place(Key target) {
        int low = 0;
        int high = byKey.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (byKey.get(middle).key().compareTo(target) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
