package org.p2prmb.simulation.engine;

import java.util.List;

/// Makes the protocols of an agent when it starts; what survives a restart the builder keeps.
@FunctionalInterface
public interface AgentBuilder {
    List<ProtocolNode> build(Simulation simulation, int agent);
}
