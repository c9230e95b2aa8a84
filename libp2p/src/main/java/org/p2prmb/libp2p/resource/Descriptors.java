package org.p2prmb.libp2p.resource;

import com.sun.management.UnixOperatingSystemMXBean;

import java.lang.management.ManagementFactory;

/// The file descriptors of this process, each connection taking one.
final class Descriptors {
    private Descriptors() {}

    /// How many the operating system lets it have; a great number where it does not say.
    static long max() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                ? os.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }
}
