package org.p2prmb.simulation.engine;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The protocols of all agents that run, in one array: an event finds its protocol in one step.
final class Residents {
    private final int agents;
    private @Nullable ProtocolNode[] nodes = {};

    /// Each agent has so many; 0 before the first moves in.
    private int protocols;

    Residents(int agents) {
        this.agents = agents;
    }

    int agents() {
        return agents;
    }

    int protocols() {
        return protocols;
    }

    /// An agent starts; all agents have the same number of protocols.
    void moveIn(int agent, List<ProtocolNode> built) {
        if (protocols == 0) {
            protocols = built.size();
            nodes = new ProtocolNode[agents * protocols];
        }
        if (built.isEmpty() || built.size() != protocols) {
            throw new IllegalArgumentException("each agent has the same protocols");
        }
        for (int protocol = 0; protocol < protocols; protocol++) {
            nodes[agent * protocols + protocol] = built.get(protocol);
        }
    }

    void moveOut(int agent) {
        Arrays.fill(nodes, agent * protocols, (agent + 1) * protocols, null);
    }

    boolean isUp(int agent) {
        return protocols > 0 && nodes[agent * protocols] != null;
    }

    /// A protocol of an agent that is up.
    ProtocolNode node(int agent, int protocol) {
        return Objects.requireNonNull(nodes[agent * protocols + protocol]);
    }
}
