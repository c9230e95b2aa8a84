package org.p2prmb.simulation.engine;

/// What an event is, as a number; that of a frame has the protocol's index in its higher bits.
final class Kind {
    /// An alarm rings.
    static final int WAKE = 0;

    static final int LINK_UP = 1;
    static final int LINK_DOWN = 2;
    static final int UNREACHABLE = 3;
    private static final int FRAME = 4;

    /// What a node asked for with [Seat#after].
    static final int OCCURRENCE = 5;

    /// Of the world, and of no agent.
    static final int STEP = 6;

    private static final int BITS = 3;
    private static final int MASK = (1 << BITS) - 1;

    private Kind() {}

    static int frame(int protocol) {
        return FRAME | protocol << BITS;
    }

    static boolean isFrame(int kind) {
        return (kind & MASK) == FRAME;
    }

    static int protocol(int frame) {
        return frame >> BITS;
    }
}
