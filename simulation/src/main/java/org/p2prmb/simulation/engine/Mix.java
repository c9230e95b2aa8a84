package org.p2prmb.simulation.engine;

/// Spreads the bits of a number over all of it: the finisher of SplitMix64.
final class Mix {
    private Mix() {}

    static long of(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    static long of(long one, long other) {
        return of(of(one + 0x9e3779b97f4a7c15L) + other);
    }
}
