package org.p2prmb.simulation.reputation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What the attackers do besides cheating.
public enum Attack {
    /// They speak ill of honest agents.
    SLANDER,
    /// They speak ill of honest agents and well of each other.
    COLLECTIVE,
    /// Each has ten more identities that speak well of it and ill of honest agents.
    SYBIL,
    /// They take a new identity whenever the old one was caught.
    WHITEWASH,
    /// They settle swaps among themselves, and have such identities too.
    WASH,
    /// They are honest for a while and cheat for a while, and have such identities too.
    OSCILLATE;

    /// How many further identities each attacker has.
    int sybils() {
        return switch (this) {
            case SYBIL, WASH, OSCILLATE -> 10;
            case SLANDER, COLLECTIVE, WHITEWASH -> 0;
        };
    }

    public static Optional<Attack> parse(String text) {
        return Arrays.stream(values()).filter(attack -> attack.toString().equals(text)).findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
