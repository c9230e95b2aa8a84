package org.p2prmb.simulation.search;

import org.p2prmb.simulation.engine.ProtocolNode;

import java.time.Instant;

/// No protocol: the plain method needs no DHT.
final class Idle implements ProtocolNode {
    @Override
    public void started(Instant now) {}

    @Override
    public void linkUp(Instant now, int peer) {}

    @Override
    public void linkDown(Instant now, int peer) {}

    @Override
    public void unreachable(Instant now, int peer) {}

    @Override
    public void received(Instant now, int peer, byte[] frame) {}

    @Override
    public void occurred(Instant now, Object event) {}

    @Override
    public void tick(Instant now) {}

    @Override
    public Instant nextTick() {
        return Instant.MAX;
    }
}
