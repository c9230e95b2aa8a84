package org.p2prmb.simulation.engine;

import java.time.Instant;

/// One protocol of one agent: production machines behind the simulated world's thin shell.
///
/// The engine calls it when something happens to its agent; `now` is the agent's own clock. What it
/// wants of the world it asks of its [Seat]. Peers are numbers from 0.
public interface ProtocolNode {
    /// The agent starts, or starts again after a crash.
    void started(Instant now);

    /// A connection with `peer` is there, whoever opened it.
    void linkUp(Instant now, int peer);

    /// The connection with `peer` broke, or `peer` closed it.
    void linkDown(Instant now, int peer);

    /// A connection that this agent wanted could not be made.
    void unreachable(Instant now, int peer);

    /// A frame of this protocol arrived; the bytes may be kept, not changed.
    void received(Instant now, int peer, byte[] frame);

    /// What the node itself asked for with [Seat#after] has come.
    void occurred(Instant now, Object event);

    void tick(Instant now);

    /// Reads what an event will read `depth` steps from this object, so that it is in the cache
    /// then. Changes nothing, see [Foresight].
    ///
    /// @param peer whom the event concerns, [Foresight#NOBODY] for a tick
    /// @return a number that depends on what was read
    default int foresee(int peer, int depth) {
        return 0;
    }

    /// When [#tick] must next be called; `Instant.MAX` when nothing is scheduled.
    Instant nextTick();
}
