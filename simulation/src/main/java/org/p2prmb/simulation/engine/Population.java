package org.p2prmb.simulation.engine;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/// The identities of all agents: real Ed25519 keys from the seed, found by number or by peer id.
public final class Population {
    private static final int SEED_BYTES = 32;
    private static final int NONE = -1;

    private final KeyPair[] keys;
    private final PeerId[] peers;

    /// Numbers by peer id: open addressing, four times as many places as agents at least.
    private final int[] places;

    public Population(long seed, int size) {
        keys = new KeyPair[size];
        peers = new PeerId[size];
        places = new int[Integer.highestOneBit(Math.max(1, size)) << 2];
        Arrays.fill(places, NONE);
        var random = new SplittableRandom(Mix.of(seed, 0x6b657973));
        for (int agent = 0; agent < size; agent++) {
            var secret = new byte[SEED_BYTES];
            random.nextBytes(secret);
            keys[agent] = KeyPair.ed25519(Bytes.wrap(secret));
            peers[agent] = keys[agent].peerId();
            int place = place(peers[agent]);
            while (places[place] != NONE) {
                place = next(place);
            }
            places[place] = agent;
        }
    }

    private int place(PeerId peer) {
        return (int) Mix.of(peer.hashCode()) & (places.length - 1);
    }

    private int next(int place) {
        return (place + 1) & (places.length - 1);
    }

    public int size() {
        return keys.length;
    }

    public KeyPair keys(int agent) {
        return keys[agent];
    }

    public PeerId peer(int agent) {
        return peers[agent];
    }

    /// The number of a peer; empty when it is none of this population.
    public OptionalInt find(PeerId peer) {
        for (int place = place(peer); places[place] != NONE; place = next(place)) {
            if (peers[places[place]].equals(peer)) {
                return OptionalInt.of(places[place]);
            }
        }
        return OptionalInt.empty();
    }

    /// The number of a peer that must be one of this population.
    public int number(PeerId peer) {
        return find(peer).orElseThrow(() -> new IllegalStateException("a stranger: " + peer));
    }
}
