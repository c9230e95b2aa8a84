package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/// Workloads A, B and C of docs/performance.md, from the client's side.
final class TransportWorkloads {
    private static final int REQUEST_BYTES = 64;
    private static final int PING_BYTES = 32;

    private final Multiaddr server;

    TransportWorkloads(Multiaddr server) {
        this.server = server;
    }

    /// A2: `dialers` hosts, one thread each, connect, echo 32 bytes and close, `each` times.
    ///
    /// Returns connections per second.
    double connections(int dialers, int each) throws IOException, InterruptedException {
        var hosts = new ArrayList<Host>();
        for (var index = 0; index < dialers; index++) {
            hosts.add(Hosts.dialling());
        }
        var start = System.nanoTime();
        inParallel(
                dialers,
                index -> {
                    for (var count = 0; count < each; count++) {
                        connectOnce(hosts.get(index));
                    }
                });
        var seconds = (System.nanoTime() - start) / 1e9;
        hosts.forEach(Host::close);
        return dialers * each / seconds;
    }

    private void connectOnce(Host host) throws IOException {
        try (var connection = host.connect(server, Duration.ofSeconds(10))) {
            echo(connection, PING_BYTES);
        }
    }

    /// B1: MiB/s of `length` bytes on one new stream to the server.
    double up(Connection connection, Payload payload, long length, boolean credited)
            throws IOException, InterruptedException {
        var start = System.nanoTime();
        try (var stream = connection.open(List.of(BenchProtocols.SINK), Hosts.LIMIT)) {
            var credit = new Credit(credited ? BenchProtocols.CREDIT_BYTES : Long.MAX_VALUE);
            var last = new long[2];
            var reader =
                    Thread.startVirtualThread(
                            () -> System.arraycopy(credit.follow(stream), 0, last, 0, 2));
            BenchProtocols.send(stream, payload, length, credit);
            stream.closeWrite();
            reader.join();
            var nanos = System.nanoTime() - start;
            if (last[0] != length || last[1] != payload.checksum(length)) {
                throw new IOException("the server received something else than was sent");
            }
            return length / (nanos / 1e9) / (1 << 20);
        }
    }

    /// B2: MiB/s of `length` bytes on one new stream from the server.
    double down(Connection connection, Payload payload, long length, boolean credited)
            throws IOException {
        var buffer = new byte[Payload.CHUNK_BYTES];
        var crc = new CRC32C();
        var start = System.nanoTime();
        try (var stream = connection.open(List.of(BenchProtocols.SOURCE), Hosts.LIMIT)) {
            BenchProtocols.writeLong(stream, credited ? length : -length);
            var total = 0L;
            var told = 0L;
            while (total < length) {
                var read = stream.read(buffer, 0, buffer.length);
                if (read < 0) {
                    throw new EOFException("the server stopped after " + total + " bytes");
                }
                crc.update(buffer, 0, read);
                total += read;
                if (credited && total - told >= 1 << 20) {
                    told = total;
                    BenchProtocols.writeLong(stream, total);
                }
            }
            var nanos = System.nanoTime() - start;
            stream.closeWrite();
            if (crc.getValue() != payload.checksum(length)) {
                throw new IOException("we received something else than was sent");
            }
            return length / (nanos / 1e9) / (1 << 20);
        }
    }

    /// C1: latencies in nanoseconds of `count` blocking requests, one after the other.
    long[] requests(Connection connection, int count) throws IOException {
        var nanos = new long[count];
        for (var index = 0; index < count; index++) {
            var start = System.nanoTime();
            echo(connection, REQUEST_BYTES);
            nanos[index] = System.nanoTime() - start;
        }
        return nanos;
    }

    /// C2: requests per second with `inFlight` under way all the time.
    double requestRate(Connection connection, int inFlight, int count)
            throws IOException, InterruptedException {
        var left = new AtomicInteger(count);
        var start = System.nanoTime();
        inParallel(
                inFlight,
                _ -> {
                    while (left.getAndDecrement() > 0) {
                        echo(connection, REQUEST_BYTES);
                    }
                });
        return count / ((System.nanoTime() - start) / 1e9);
    }

    private static void echo(Connection connection, int length) throws IOException {
        try (var stream = connection.open(List.of(BenchProtocols.ECHO), Hosts.LIMIT)) {
            var sent = new byte[length];
            stream.write(sent, 0, length);
            stream.closeWrite();
            readFully(stream, new byte[length]);
        }
    }

    private static void readFully(Stream stream, byte[] into) throws IOException {
        for (var filled = 0; filled < into.length; ) {
            var read = stream.read(into, filled, into.length - filled);
            if (read < 0) {
                throw new EOFException("the echo is too short");
            }
            filled += read;
        }
    }

    private interface Work {
        void run(int index) throws IOException;
    }

    private static void inParallel(int workers, Work work)
            throws IOException, InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (var index = 0; index < workers; index++) {
                var worker = index;
                running.add(
                        threads.submit(() -> {
                            work.run(worker);
                            return null;
                        }));
            }
            for (var worker : running) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a worker failed", e.getCause());
        }
    }
}
