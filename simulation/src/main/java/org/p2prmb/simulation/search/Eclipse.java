package org.p2prmb.simulation.search;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.Key;
import org.p2prmb.libp2p.core.Bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Those who stand around the key of one tag, as if they had ground their ids for that: 45 in as
/// many networks, nearer to it than anybody else.
final class Eclipse {
    static final int SYBILS = 45;

    private static final int NAMED = 20;

    private final List<KadPeer> sybils = new ArrayList<>();

    /// @param agents those to choose from, by their numbers
    Eclipse(World world, int agents, Bytes key) {
        var target = Key.of(key);
        for (int agent = 0; agent < agents; agent++) {
            sybils.add(world.peer(agent));
        }
        sybils.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        sybils.subList(Math.min(SYBILS, sybils.size()), sybils.size()).clear();
    }

    boolean isSybil(KadPeer peer) {
        return sybils.contains(peer);
    }

    /// The nearest of them to what is asked for, and no provider.
    Bytes answer(KadMessage honest) {
        var target = Key.of(honest.key());
        var named = new ArrayList<>(sybils);
        named.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        var nearest = named.subList(0, Math.min(NAMED, named.size()));
        return KadCodec.encode(honest.answeredWith(Optional.empty(), nearest, List.of()));
    }
}
