package org.p2prmb.simulation.search;

/// What led to a frame: frames one after the other, and the new connections among them.
record Chain(int frames, int connections) {
    static final Chain NONE = new Chain(0, 0);

    /// TCP, Noise and the choice of protocols: three round trips.
    private static final int FRAMES_OF_CONNECTION = 6;

    Chain next(boolean connected) {
        return new Chain(frames + 1, connections + (connected ? 0 : 1));
    }

    /// A look-up in the DHT: requests and answers, each over a new connection.
    Chain lookedUp(int depth) {
        return new Chain(frames + 2 * depth, connections + depth);
    }

    Chain longer(Chain other) {
        return other.withHandshakes() > withHandshakes() ? other : this;
    }

    private int withHandshakes() {
        return frames + FRAMES_OF_CONNECTION * connections;
    }

    int roundTrips() {
        return (frames + 1) / 2;
    }

    int roundTripsWithHandshakes() {
        return (withHandshakes() + 1) / 2;
    }
}
