package org.p2prmb.simulation.engine;

import java.time.Duration;

/// What one protocol of one agent can do in the simulated world.
///
/// @param agent its number
/// @param protocol the index of the protocol among those of its agent
public record Seat(Simulation simulation, int agent, int protocol) {
    /// Sends a frame; connects first when there is no connection. It may be lost on the way.
    public void send(int to, byte[] frame) {
        simulation.send(agent, protocol, to, frame);
    }

    /// Connects unless there is a connection; `linkUp` or `unreachable` follows.
    public void connect(int to) {
        simulation.connect(agent, to);
    }

    /// Closes the connection with `peer`, which hears of it.
    public void disconnect(int peer) {
        simulation.disconnect(agent, peer);
    }

    public boolean isLinked(int peer) {
        return simulation.isLinked(agent, peer);
    }

    /// How long no frame has come over the connection with `peer`.
    public Duration silence(int peer) {
        return simulation.silence(agent, peer);
    }

    /// Has `event` occur at this node after a while, unless its agent crashes before.
    public void after(Duration delay, Object event) {
        simulation.after(agent, protocol, delay, event);
    }
}
