package org.p2prmb.simulation.search;

import java.util.Locale;

/// How agents search.
public enum Policy {
    /// The production machine.
    STAGED,
    /// The plain method: every query goes to all neighbours of all neighbours, 4 hops far.
    FLOOD;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
