package org.p2prmb.simulation.liveness;

/// The hot contacts of one agent, and what its machine last said of each.
final class Contacts {
    enum State {
        /// Nothing has been heard of it yet.
        UNKNOWN(0),
        VERIFIED(1),
        DOUBTED(2),
        DEAD(3);

        /// Its number in an entry.
        private final int code;

        State(int code) {
            this.code = code;
        }

        private static State of(int code) {
            return switch (code) {
                case 0 -> UNKNOWN;
                case 1 -> VERIFIED;
                case 2 -> DOUBTED;
                default -> DEAD;
            };
        }
    }

    private static final int STATE_BITS = 2;
    private static final int AWAITED = 1 << STATE_BITS;
    private static final int PEER_SHIFT = STATE_BITS + 1;

    /// The peer's number, whether it is awaited, and its state: all that is asked about one contact
    /// lies in one place.
    private final int[] entries;

    /// @param peers ascending
    Contacts(int[] peers) {
        entries = new int[peers.length];
        for (int place = 0; place < peers.length; place++) {
            entries[place] = peers[place] << PEER_SHIFT;
        }
    }

    int size() {
        return entries.length;
    }

    int peer(int place) {
        return entries[place] >>> PEER_SHIFT;
    }

    /// The place of a peer, negative when it is not hot.
    int place(int peer) {
        int from = 0;
        int to = entries.length - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            int found = peer(middle);
            if (found == peer) {
                return middle;
            }
            if (found < peer) {
                from = middle + 1;
            } else {
                to = middle - 1;
            }
        }
        return -1;
    }

    State state(int place) {
        return State.of(entries[place] & AWAITED - 1);
    }

    void set(int place, State state) {
        entries[place] = entries[place] & -AWAITED | state.code;
    }

    /// Its return is awaited: the partition that hid it is healed.
    void await(int place) {
        entries[place] |= AWAITED;
    }

    /// True once after [#await].
    boolean takeAwaited(int place) {
        boolean was = isAwaited(place);
        entries[place] &= ~AWAITED;
        return was;
    }

    boolean isAwaited(int place) {
        return (entries[place] & AWAITED) != 0;
    }
}
