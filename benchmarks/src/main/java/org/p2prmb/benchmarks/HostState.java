package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import com.sun.management.UnixOperatingSystemMXBean;

import org.p2prmb.libp2p.host.TcpHost;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.TreeMap;

/// What a host and its process hold at a moment, as one JSON object.
final class HostState {
    private static final ObjectMapper JSON = new ObjectMapper();

    private HostState() {}

    static ObjectNode of(TcpHost host) throws IOException {
        var state = JSON.createObjectNode();
        state.put("connections", host.connections().size());
        state.put("streams", host.streams());
        new TreeMap<>(host.resources().held()).forEach(state.putObject("resources")::put);
        new TreeMap<>(host.resources().refused()).forEach(state.putObject("refused")::put);
        state.put("trimmed", host.trimmed());
        state.put("heapMiB", heapBytes() / (1 << 20));
        state.put("fileDescriptors", fileDescriptors());
        return state;
    }

    /// Bytes of the heap in use, garbage included.
    static long heapBytes() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    static long fileDescriptors() throws IOException {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os) {
            return os.getOpenFileDescriptorCount();
        }
        throw new IOException("the operating system tells no file descriptors");
    }

    /// The virtual threads of this process, which are all that a host has: the platform threads
    /// that carry them come and go as the runtime likes.
    static long threads() throws IOException {
        var folder = Files.createTempDirectory("threads");
        var dump = folder.resolve("dump.json").toAbsolutePath();
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), ThreadDumpFormat.JSON);
            try (var lines = Files.lines(dump)) {
                return lines.filter(line -> line.contains("\"virtual\": true")).count();
            }
        } finally {
            Files.deleteIfExists(dump);
            Files.delete(folder);
        }
    }

    /// Reads what [#of] wrote.
    static ObjectNode parse(String line) throws IOException {
        if (JSON.readTree(line) instanceof ObjectNode state) {
            return state;
        }
        throw new IOException("no state: " + line);
    }
}
