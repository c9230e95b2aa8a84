package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.ping.Ping;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Peers that come, talk for a moment and go, in whatever way and at whatever moment.
final class Churn {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int TALKS_MAX = 6;
    private static final int BULK_BYTES = 512 << 10;

    private final Multiaddr server;
    private final long end;
    private final Map<String, LongAdder> done = new ConcurrentHashMap<>();

    Churn(Multiaddr server, long nanos) {
        this.server = server;
        this.end = System.nanoTime() + nanos;
    }

    /// As many peers at a time, until the time is over; returns how often each thing was done.
    Map<String, Long> run(int peers, long seed) throws InterruptedException {
        var threads =
                IntStream.range(0, peers)
                        .mapToObj(i -> new SplittableRandom(seed + i))
                        .map(random -> Thread.ofVirtual().start(() -> live(random)))
                        .toList();
        for (var thread : threads) {
            thread.join();
        }
        var counts = new TreeMap<String, Long>();
        done.forEach((what, count) -> counts.put(what, count.sum()));
        return counts;
    }

    private void count(String what) {
        done.computeIfAbsent(what, _ -> new LongAdder()).increment();
    }

    private void live(RandomGenerator random) {
        while (System.nanoTime() < end) {
            try (var host = Hosts.identified()) {
                var connection = host.connect(server, LIMIT);
                count("connected");
                for (var i = random.nextInt(TALKS_MAX); i > 0; i--) {
                    talk(connection, random);
                }
                leave(host, connection, random);
            } catch (IOException _) {
                count("failed");
            }
        }
    }

    private void talk(Connection connection, RandomGenerator random) throws IOException {
        switch (random.nextInt(6)) {
            case 0 -> {
                Ping.measure(connection, 1 + random.nextInt(3), LIMIT);
                count("pinged");
            }
            case 1 -> echo(connection, 1 + random.nextInt(1024));
            case 2 -> echo(connection, BULK_BYTES);
            case 3 -> {
                try (var stream = source(connection)) {
                    readSome(stream, random.nextInt(BULK_BYTES));
                }
                count("closedEarly");
            }
            case 4 -> {
                var stream = source(connection);
                readSome(stream, random.nextInt(BULK_BYTES));
                stream.reset();
                count("reset");
            }
            default -> {
                connection.open(List.of("/nobody/serves/this"), LIMIT).close();
                count("refused");
            }
        }
    }

    private void echo(Connection connection, int bytes) throws IOException {
        try (var stream = connection.open(List.of(BenchProtocols.ECHO), LIMIT)) {
            stream.deadline(LIMIT);
            var writer =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    stream.write(new byte[bytes], 0, bytes);
                                    stream.closeWrite();
                                } catch (IOException _) {
                                    stream.reset();
                                }
                            });
            readSome(stream, bytes);
            writer.join();
            count("echoed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /// A stream on which the server sends more than anybody will read.
    private static Stream source(Connection connection) throws IOException {
        var stream = connection.open(List.of(BenchProtocols.SOURCE), LIMIT);
        stream.deadline(LIMIT);
        BenchProtocols.writeLong(stream, -4L * BULK_BYTES);
        return stream;
    }

    private static void readSome(Stream stream, int bytes) throws IOException {
        var buffer = new byte[16 << 10];
        for (var left = bytes; left > 0; ) {
            var read = stream.read(buffer, 0, Math.min(left, buffer.length));
            if (read < 0) {
                throw new IOException("the stream ended early");
            }
            left -= read;
        }
    }

    private void leave(Host host, Connection connection, RandomGenerator random)
            throws IOException {
        switch (random.nextInt(4)) {
            case 0 -> host.abort();
            case 1 -> connection.close();
            case 2 -> {
                source(connection);
                host.abort(); // In the middle of what comes.
            }
            default -> host.close();
        }
        count("left");
    }
}
