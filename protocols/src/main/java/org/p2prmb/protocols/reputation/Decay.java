package org.p2prmb.protocols.reputation;

import org.p2prmb.libp2p.core.Pure;

/// How experience fades with the days, in units of 2^-32.
///
/// Shares are whole numbers of units, so their sum does not depend on the order of adding: agents
/// that hold the same reports come to the same bits.
@Pure
final class Decay {
    /// Reports are forgotten at this age.
    static final int DAYS_MAX = 180;

    /// What 1 is, in units.
    static final long ONE = 1L << 32;

    /// Own and others' good experience.
    static final Decay GOOD = new Decay(30);

    /// Own and others' bad experience, and the faults that fade.
    static final Decay BAD = new Decay(90);

    /// Settled swaps.
    static final Decay SETTLED = new Decay(60);

    private final long[] shares = new long[DAYS_MAX + 1];

    private Decay(int halfLifeDays) {
        for (int days = 0; days <= DAYS_MAX; days++) {
            // StrictMath, so that every machine has the same table.
            shares[days] = units(StrictMath.pow(2, -(double) days / halfLifeDays));
        }
    }

    /// What is left of 1 after so many days; nothing once it is forgotten, all of what is to come.
    long share(long days) {
        return days > DAYS_MAX ? 0 : shares[(int) Math.max(0, days)];
    }

    static long units(double value) {
        return Math.round(value * ONE);
    }

    static double value(long units) {
        return (double) units / ONE;
    }
}
