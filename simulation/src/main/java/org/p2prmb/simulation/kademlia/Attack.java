package org.p2prmb.simulation.kademlia;

import java.util.Locale;

/// What the malicious agents of a run do; the numbers are those of the list of attacks.
public enum Attack {
    NONE,
    /// 21: a share of the agents answers with a thousand peers that do not exist, or with the
    /// farthest in place of the nearest.
    ANSWERS,
    /// 22: a hundred ids of one /16 crowd around one agent.
    ECLIPSE;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
