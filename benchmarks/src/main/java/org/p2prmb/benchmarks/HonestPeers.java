package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.ping.Ping;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Peers that stay connected and ping, each every few milliseconds: what others notice of a load.
final class HonestPeers implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(10);

    /// Pings on one stream; a new stream each time is the harder test of the limits.
    private static final int PINGS_PER_STREAM = 1;

    private final List<Host> hosts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicReference<String> lastFailure = new AtomicReference<>("");
    private volatile boolean closed;

    HonestPeers(Multiaddr server, int count) throws IOException {
        for (var i = 0; i < count; i++) {
            var host = Hosts.dialling();
            hosts.add(host);
            var connection = host.connect(server, LIMIT);
            threads.add(Thread.ofVirtual().unstarted(() -> ping(connection)));
        }
        threads.forEach(Thread::start);
    }

    private void ping(Connection connection) {
        while (!closed && connection.isOpen()) {
            try {
                Ping.measure(connection, PINGS_PER_STREAM, LIMIT)
                        .forEach(each -> nanos.add(each.toNanos()));
            } catch (IOException e) {
                lastFailure.set(String.valueOf(e.getMessage()));
                failures.incrementAndGet();
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /// What they saw since they came, or since the last call.
    void report(ObjectNode report) {
        var seen = new ArrayList<Long>();
        for (var each = nanos.poll(); each != null; each = nanos.poll()) {
            seen.add(each);
        }
        var measured = seen.stream().mapToLong(Long::longValue).toArray();
        var ping = report.putObject("honestPing");
        ping.put("count", measured.length);
        if (measured.length > 0) {
            ping.put("p50Millis", Measured.round(Measured.percentileMillis(measured, 0.50), 3));
            ping.put("p99Millis", Measured.round(Measured.percentileMillis(measured, 0.99), 3));
            ping.put("maxMillis", Measured.round(Measured.percentileMillis(measured, 1), 3));
        }
        ping.put("failures", failures.getAndSet(0));
        ping.put("lastFailure", lastFailure.getAndSet(""));
        ping.put("connected", hosts.stream().filter(host -> !host.connections().isEmpty()).count());
    }

    /// Pings `server` so many times, and reports.
    static void report(String server, int pings, ObjectNode report) throws IOException {
        try (var peers = new HonestPeers(Multiaddr.parse(server), 1)) {
            while (peers.nanos.size() < pings && peers.failures.get() == 0) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
            peers.report(report);
        }
    }

    @Override
    public void close() {
        closed = true;
        hosts.forEach(Host::close);
    }
}
