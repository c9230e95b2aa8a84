package org.p2prmb.simulation.engine;

import org.p2prmb.libp2p.core.Varint;

import java.util.Arrays;

/// The bytes that each agent sends and receives: frames with their length prefixes, as on a stream.
///
/// Counted at both ends, so a frame that arrives counts twice and a lost one once. Windows are the
/// seconds of virtual time.
public final class Traffic {
    private static final int MICROS_PER_SECOND = 1_000_000;
    private static final int SECONDS_PER_MINUTE = 60;

    /// Windows are counted by their bytes, in steps of 16; the last step holds all larger ones.
    private static final int STEP_BITS = 4;

    private static final int STEPS = 1 << 14;

    private final int[] window;
    private final int[] windowBytes;
    private final long[] windows = new long[STEPS];
    private long frames;
    private long bytes;
    private int windowBytesMax;
    private int minute;
    private long minuteBytes;
    private long minuteBytesMax;

    Traffic(int agents) {
        window = new int[agents];
        windowBytes = new int[agents];
    }

    void count(int agent, long micros, int frameBytes) {
        int counted = Varint.size(frameBytes) + frameBytes;
        int now = (int) (micros / MICROS_PER_SECOND);
        if (minute != now / SECONDS_PER_MINUTE) {
            minute = now / SECONDS_PER_MINUTE;
            minuteBytes = 0;
        }
        minuteBytes += counted;
        minuteBytesMax = Math.max(minuteBytesMax, minuteBytes);
        if (window[agent] != now) {
            close(agent);
            window[agent] = now;
        }
        windowBytes[agent] += counted;
        bytes += counted;
        frames++;
    }

    private void close(int agent) {
        int closed = windowBytes[agent];
        if (closed > 0) {
            windows[Math.min(closed >>> STEP_BITS, STEPS - 1)]++;
            windowBytesMax = Math.max(windowBytesMax, closed);
            windowBytes[agent] = 0;
        }
    }

    /// Forgets everything: the warm-up is over.
    void reset() {
        Arrays.fill(windowBytes, 0);
        Arrays.fill(windows, 0);
        frames = 0;
        bytes = 0;
        windowBytesMax = 0;
        minuteBytes = 0;
        minuteBytesMax = 0;
    }

    /// Frames, each counted where it was sent and where it was received.
    public long frames() {
        return frames;
    }

    public long bytes() {
        return bytes;
    }

    /// What all agents together sent and received in their busiest minute.
    public long minuteBytesMax() {
        return minuteBytesMax;
    }

    /// The busiest second of any agent.
    public int windowBytesMax() {
        closeAll();
        return windowBytesMax;
    }

    /// What at most `1 - share` of all windows exceed, rounded up to 16 bytes.
    ///
    /// @param agentSeconds how many windows there were, those without a byte included
    public int windowBytes(double share, long agentSeconds) {
        closeAll();
        long above = (long) ((1 - share) * agentSeconds);
        for (int step = STEPS - 1; step >= 0; step--) {
            above -= windows[step];
            if (above < 0) {
                return step == STEPS - 1 ? windowBytesMax : (step + 1) << STEP_BITS;
            }
        }
        return 0;
    }

    private void closeAll() {
        for (int agent = 0; agent < window.length; agent++) {
            close(agent);
        }
    }
}
