package org.p2prmb.store.journal;

import java.time.Duration;

/// The bounds of a [Journal].
///
/// @param rotateBytes the size of the file above which a rotation is due; a larger one rewrites
///     less often and makes openings slower
/// @param fileBytesMax the size that the file never passes; an opening reads all of it into memory,
///     and a rotation needs as much disk again
/// @param waitingMax appends that wait for the disk at one time; more are refused
/// @param waitMax how long the disk may take before the journal counts as failed
public record JournalConfig(int rotateBytes, int fileBytesMax, int waitingMax, Duration waitMax) {
    /// Also what an opening reads, whatever the configuration was when the file was written.
    static final int FILE_BYTES_LIMIT = 1 << 28;

    public JournalConfig {
        if (fileBytesMax > FILE_BYTES_LIMIT) {
            throw new IllegalArgumentException(
                    "fileBytesMax is at most %d, not %d".formatted(FILE_BYTES_LIMIT, fileBytesMax));
        }
        if (rotateBytes <= 0 || rotateBytes > fileBytesMax) {
            throw new IllegalArgumentException(
                    "rotateBytes is 1 to fileBytesMax (%d), not %d"
                            .formatted(fileBytesMax, rotateBytes));
        }
        if (waitingMax <= 0) {
            throw new IllegalArgumentException("waitingMax must be positive, not " + waitingMax);
        }
        if (!waitMax.isPositive()) {
            throw new IllegalArgumentException("waitMax must be positive, not " + waitMax);
        }
    }

    public static JournalConfig defaults() {
        return new JournalConfig(16 << 20, 64 << 20, 1_024, Duration.ofSeconds(30));
    }
}
