package org.p2prmb.simulation.liveness;

import java.util.Arrays;

/// The hot contacts of one agent, and what its machine last said of each.
final class Contacts {
    enum State {
        /// Nothing has been heard of it yet.
        UNKNOWN,
        VERIFIED,
        DOUBTED,
        DEAD
    }

    private final int[] peers;
    private final State[] states;
    private final boolean[] awaited;

    /// @param peers ascending
    Contacts(int[] peers) {
        this.peers = peers;
        this.states = new State[peers.length];
        Arrays.fill(states, State.UNKNOWN);
        this.awaited = new boolean[peers.length];
    }

    int[] peers() {
        return peers;
    }

    /// The place of a peer, negative when it is not hot.
    int place(int peer) {
        return Arrays.binarySearch(peers, peer);
    }

    State state(int place) {
        return states[place];
    }

    void set(int place, State state) {
        states[place] = state;
    }

    /// Its return is awaited: the partition that hid it is healed.
    void await(int place) {
        awaited[place] = true;
    }

    /// True once after [#await].
    boolean takeAwaited(int place) {
        boolean was = awaited[place];
        awaited[place] = false;
        return was;
    }

    boolean isAwaited(int place) {
        return awaited[place];
    }
}
