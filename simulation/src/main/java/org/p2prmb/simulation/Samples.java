package org.p2prmb.simulation;

import java.util.Arrays;

/// Measured times in milliseconds.
public final class Samples {
    private static final int INITIAL_SIZE = 64;

    private int[] millis = new int[INITIAL_SIZE];
    private int size;
    private boolean sorted;

    public void add(long millisecond) {
        if (size == millis.length) {
            millis = Arrays.copyOf(millis, Math.multiplyExact(size, 2));
        }
        millis[size++] = Math.clamp(millisecond, 0, Integer.MAX_VALUE);
        sorted = false;
    }

    public int size() {
        return size;
    }

    /// The smallest sample that at least `share` of all do not exceed; there is one.
    public int quantileMillis(double share) {
        if (!sorted) {
            Arrays.sort(millis, 0, size);
            sorted = true;
        }
        int rank = (int) Math.ceil(share * size);
        return millis[Math.clamp(rank - 1, 0, size - 1)];
    }
}
