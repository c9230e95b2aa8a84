package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Key;
import org.p2prmb.libp2p.core.Bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Leads those who ask astray: by turns names a thousand peers that do not exist, and names agents
/// that are far from what is looked for, the farthest first. It hides what it stores.
final class Liar implements Conduct {
    private static final int NAMED = 1_000;

    /// One message has room for so many with their addresses; many messages in a row read as one.
    private static final int NAMED_AT_ONCE = 50;

    private final Directory directory;
    private final Roles roles;
    private final Guard guard;
    private final Inventions inventions;
    private final RandomGenerator random;

    Liar(
            Directory directory,
            Roles roles,
            Guard guard,
            Inventions inventions,
            RandomGenerator random) {
        this.directory = directory;
        this.roles = roles;
        this.guard = guard;
        this.inventions = inventions;
        this.random = random;
    }

    @Override
    public Bytes answer(int asker, KadMessage honest) {
        if (honest.type() == KadMessage.Type.PUT_VALUE || honest.type() == KadMessage.Type.PING) {
            return KadCodec.encode(honest); // Takes the value, and denies it later.
        }
        return random.nextBoolean() ? flood(asker, honest) : detour(honest);
    }

    private Bytes flood(int asker, KadMessage honest) {
        guard.lied(asker);
        var named = inventions.near(Key.of(honest.key()), NAMED);
        var flood = Bytes.EMPTY;
        for (int from = 0; from < NAMED; from += NAMED_AT_ONCE) {
            flood = flood.concat(encode(honest, named.subList(from, from + NAMED_AT_ONCE)));
        }
        return flood;
    }

    private Bytes detour(KadMessage honest) {
        var target = Key.of(honest.key());
        var named = new ArrayList<KadPeer>();
        for (int count = 0; count < KademliaConfig.K; count++) {
            named.add(directory.peer(random.nextInt(roles.agents())));
        }
        named.sort((one, other) -> target.compareDistances(other.key(), one.key()));
        return encode(honest, named);
    }

    private static Bytes encode(KadMessage honest, List<KadPeer> named) {
        return KadCodec.encode(honest.answeredWith(Optional.empty(), named, List.of()));
    }
}
