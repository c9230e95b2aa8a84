package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.Arrays;

/// Agents by their ids: open addressing, at most two thirds full.
///
/// An agent talks with hundreds of others and a process may hold thousands of agents, so an entry
/// costs two numbers, and a look-up touches no other agent than the one that is looked for.
@Pure
final class PeerTable {
    private static final int INITIAL_SIZE = 16;
    private static final int GUESSES = 6;
    private static final int SPREAD = 0x9e3779b9;

    private int[] hashes = new int[INITIAL_SIZE];
    private @Nullable Peer[] peers = new Peer[INITIAL_SIZE];
    private int size;

    int size() {
        return size;
    }

    @Nullable Peer find(PeerId id) {
        return peers[place(hash(id), id)];
    }

    /// What finding this agent will read, as [LivenessMachine#foresee].
    int foresee(PeerId id, int depth) {
        int home = hash(id) & peers.length - 1;
        return depth == 0 ? home : hashes[home] + (peers[home] == null ? 0 : 1);
    }

    /// Probably this agent, found without a look at any.
    @Nullable Peer guess(PeerId id) {
        int hash = hash(id);
        int mask = peers.length - 1;
        int place = hash & mask;
        for (int step = 0; step < GUESSES && hashes[place] != hash; step++) {
            place = place + 1 & mask;
        }
        return peers[place];
    }

    /// Adds an agent that is not here yet.
    void add(Peer peer) {
        if (3 * (size + 1) > 2 * peers.length) {
            grow();
        }
        int hash = hash(peer.id());
        int place = place(hash, peer.id());
        hashes[place] = hash;
        peers[place] = peer;
        size++;
    }

    void remove(PeerId id) {
        int gap = place(hash(id), id);
        if (peers[gap] == null) {
            return;
        }
        size--;
        peers[gap] = null;
        int mask = peers.length - 1;
        // What could not be found behind the gap moves up.
        for (int place = gap + 1 & mask; peers[place] != null; place = place + 1 & mask) {
            int home = hashes[place] & mask;
            if ((place - home & mask) >= (place - gap & mask)) {
                hashes[gap] = hashes[place];
                peers[gap] = peers[place];
                peers[place] = null;
                gap = place;
            }
        }
    }

    /// One place of [#places], null when nobody is there.
    @Nullable Peer at(int place) {
        return peers[place];
    }

    /// How many places there are to look at for all agents, in an order that follows from their ids
    /// and when they came.
    int places() {
        return peers.length;
    }

    private static int hash(PeerId id) {
        int hash = id.hashCode() * SPREAD;
        return hash ^ hash >>> 16;
    }

    /// Where the agent is, or would be.
    private int place(int hash, PeerId id) {
        int mask = peers.length - 1;
        int place = hash & mask;
        for (var peer = peers[place]; peer != null; peer = peers[place]) {
            if (hashes[place] == hash && peer.id().equals(id)) {
                return place;
            }
            place = place + 1 & mask;
        }
        return place;
    }

    private void grow() {
        var before = peers;
        peers = new Peer[2 * before.length];
        hashes = Arrays.copyOf(hashes, peers.length);
        for (var peer : before) {
            if (peer != null) {
                int hash = hash(peer.id());
                int place = place(hash, peer.id());
                hashes[place] = hash;
                peers[place] = peer;
            }
        }
    }
}
