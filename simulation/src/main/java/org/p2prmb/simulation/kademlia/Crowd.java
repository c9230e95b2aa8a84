package org.p2prmb.simulation.kademlia;

import org.p2prmb.discovery.kademlia.KadCodec;
import org.p2prmb.discovery.kademlia.KadMessage;
import org.p2prmb.discovery.kademlia.KadPeer;
import org.p2prmb.discovery.kademlia.KademliaConfig;
import org.p2prmb.discovery.kademlia.Key;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.simulation.engine.Violation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// A hundred ids in one /16 that want to be all that one agent knows: half of them stand nearer to
/// it than almost anybody, they knock at its door, and to every question they name each other.
final class Crowd implements Conduct {
    static final int SIZE = 100;

    /// What the diversity filter lets into a table, and into one bucket of it.
    private static final int IN_TABLE_MAX = 3;

    private static final int IN_BUCKET_MAX = 2;

    /// Public networks outside of those in which the agents are.
    private static final int NETWORK = 9;

    private static final int GRINDING_MAX = 1 << 20;

    private final Directory directory;
    private final Roles roles;
    private final Key victim;
    private final List<KadPeer> members = new ArrayList<>();

    /// Adds the members to the directory.
    Crowd(Directory directory, Roles roles, RandomGenerator random) {
        this.directory = directory;
        this.roles = roles;
        this.victim = directory.peer(Roles.VICTIM).key();
        int nearBits = Integer.SIZE - Integer.numberOfLeadingZeros(roles.agents() / 8);
        for (int member = 0; member < SIZE; member++) {
            int bits = member % 2 == 0 ? nearBits : member % nearBits;
            var id = Directory.randomId(random);
            for (int tries = 0;
                    tries < GRINDING_MAX && victim.commonPrefix(Key.of(id)) < bits;
                    tries++) {
                id = Directory.randomId(random);
            }
            var address = directory.address(NETWORK, NETWORK);
            members.add(directory.peer(directory.add(id, List.of(address))));
        }
    }

    @Override
    public Bytes answer(int asker, KadMessage honest) {
        if (honest.type() == KadMessage.Type.PUT_VALUE || honest.type() == KadMessage.Type.PING) {
            return KadCodec.encode(honest);
        }
        var target = Key.of(honest.key());
        var named = new ArrayList<>(members);
        named.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        var nearest = named.subList(0, KademliaConfig.K);
        return KadCodec.encode(honest.answeredWith(Optional.empty(), nearest, List.of()));
    }

    /// How many of the table are of the crowd.
    int countIn(List<KadPeer> table) {
        int count = 0;
        for (var peer : table) {
            count += isMember(peer) ? 1 : 0;
        }
        return count;
    }

    private boolean isMember(KadPeer peer) {
        return roles.isSybil(directory.number(peer.id()));
    }

    /// Throws a [Violation] when the victim's table holds more of the crowd than of any network.
    void check(List<KadPeer> table) {
        if (countIn(table) > IN_TABLE_MAX) {
            throw new Violation(countIn(table) + " peers of one /16 are in a table");
        }
        var buckets = new HashMap<Integer, Integer>();
        for (var peer : table) {
            int bucket = victim.commonPrefix(peer.key());
            if (isMember(peer) && buckets.merge(bucket, 1, Integer::sum) > IN_BUCKET_MAX) {
                throw new Violation("more than two peers of one /16 are in a bucket");
            }
        }
    }
}
