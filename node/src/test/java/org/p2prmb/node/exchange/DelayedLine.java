package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/// A port of loopback behind which another one is far away: each byte arrives as much later as the
/// delay says, in both directions, and as many are on the way as fit.
public final class DelayedLine implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int CHUNKS_MAX = 4_096;

    private final ServerSocket server;
    private final int target;
    private final long delayNanos;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private record Chunk(long due, byte[] bytes) {}

    /// On a free port.
    ///
    /// @param delay one way
    DelayedLine(Multiaddr to, Duration delay) throws IOException {
        this(InetAddress.getLoopbackAddress(), 0, port(to), delay);
    }

    private DelayedLine(InetAddress at, int port, int target, Duration delay) throws IOException {
        this.target = target;
        delayNanos = delay.toNanos();
        server = new ServerSocket(port, 16, at);
        threads.execute(this::accept);
    }

    /// A router at `at` that passes the port of `to` on, without delay.
    public static DelayedLine router(InetAddress at, Multiaddr to) throws IOException {
        return new DelayedLine(at, port(to), port(to), Duration.ZERO);
    }

    private static int port(Multiaddr address) {
        return address.tcpAddress().orElseThrow().getPort();
    }

    public Multiaddr address() {
        return Multiaddr.tcp(server.getInetAddress(), server.getLocalPort());
    }

    private void accept() {
        try {
            while (true) {
                var near = kept(server.accept());
                var far = kept(new Socket(InetAddress.getLoopbackAddress(), target));
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                pump(near.getInputStream(), far.getOutputStream());
                pump(far.getInputStream(), near.getOutputStream());
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private Socket kept(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private void pump(InputStream from, OutputStream to) {
        var onTheWay = new ArrayBlockingQueue<Chunk>(CHUNKS_MAX);
        threads.execute(() -> take(from, onTheWay));
        threads.execute(() -> give(onTheWay, to));
    }

    private void take(InputStream from, BlockingQueue<Chunk> onTheWay) {
        var buffer = new byte[CHUNK_BYTES];
        try {
            int count;
            do {
                count = from.read(buffer);
                var bytes = new byte[Math.max(0, count)];
                System.arraycopy(buffer, 0, bytes, 0, bytes.length);
                onTheWay.put(new Chunk(System.nanoTime() + delayNanos, bytes));
            } while (count > 0);
        } catch (IOException _) {
            // The end of this connection.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void give(BlockingQueue<Chunk> onTheWay, OutputStream to) {
        try (to) {
            for (var chunk = onTheWay.take(); chunk.bytes.length > 0; chunk = onTheWay.take()) {
                for (long left = chunk.due - System.nanoTime();
                        left > 0;
                        left = chunk.due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                to.write(chunk.bytes);
            }
        } catch (IOException _) {
            // The end of this connection.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (var socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
