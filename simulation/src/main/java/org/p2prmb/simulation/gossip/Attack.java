package org.p2prmb.simulation.gossip;

import java.util.Locale;

/// What the attackers of a run do. All of them are in all topics, graft every honest agent that
/// they are connected with as often as the backoff allows, and forward nothing.
public enum Attack {
    /// They are there from the beginning, and silent.
    CENSOR,
    /// And announce messages that do not exist, more than anybody looks at.
    FLOOD,
    /// And forward each message with a broken signature.
    FORGE,
    /// They all come in one moment, to a network that has settled.
    TAKEOVER,
    /// They do the same from few addresses.
    COLOCATION,
    /// They are there before the first honest agent.
    COLD_BOOT,
    /// They behave as well as everybody else, with the production router, and all fall silent in
    /// one moment.
    FLASH;

    /// Whether it begins in one moment of the measured time.
    boolean isSudden() {
        return this == TAKEOVER || this == COLOCATION || this == FLASH;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
