package org.p2prmb.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Small arithmetic over measurements.
final class Measured {
    private Measured() {}

    static double median(double... values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// The value below which `share` (0 to 1) of `nanos` lie, in milliseconds.
    static double percentileMillis(long[] nanos, double share) {
        var sorted = nanos.clone();
        Arrays.sort(sorted);
        var index = (int) Math.min(sorted.length - 1L, Math.round(sorted.length * share));
        return sorted[index] / 1e6;
    }

    static double round(double value, int digits) {
        return Double.parseDouble(String.format(Locale.ROOT, "%." + digits + "f", value));
    }

    /// This process's resident memory in bytes after three collections.
    static long residentBytes() throws IOException {
        for (var round = 0; round < 3; round++) {
            System.gc();
        }
        return residentBytes(ProcessHandle.current().pid());
    }

    /// The resident memory of a process in bytes.
    static long residentBytes(long pid) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        throw new IOException("the kernel tells no VmRSS");
    }
}
