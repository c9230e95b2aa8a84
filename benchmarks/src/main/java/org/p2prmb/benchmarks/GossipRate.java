package org.p2prmb.benchmarks;

import java.io.IOException;

/// Reads the figure of a process that runs workload D, ours or another implementation's.
final class GossipRate {
    private static final String RESULT = "result ";

    private GossipRate() {}

    /// Passes on what the process says, and ends it when it has come to its result: messages per
    /// second.
    static double of(ChildProcess process) throws IOException {
        try (process) {
            for (var line = process.line(); ; line = process.line()) {
                if (line.startsWith(RESULT)) {
                    return Double.parseDouble(line.substring(RESULT.length()));
                }
                System.err.println("D  " + line);
            }
        }
    }
}
