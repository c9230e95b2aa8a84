package org.p2prmb.libp2p.core;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/// Two [Stream]s in memory, joined as the two ends of one: what one side writes, the other reads.
public final class StreamPair {
    private static final int WINDOW_BYTES = 64 * 1024;

    private final Pipe toRight = new Pipe();
    private final Pipe toLeft = new Pipe();
    private final End left;
    private final End right;

    StreamPair(Connection leftConnection, Connection rightConnection, String protocol) {
        this.left = new End(leftConnection, protocol, toLeft, toRight);
        this.right = new End(rightConnection, protocol, toRight, toLeft);
    }

    /// The ends of a stream on a fresh [ConnectionPair], whose left side opened it.
    public static StreamPair of(ConnectionPair connections, String protocol) {
        return new StreamPair(connections.left(), connections.right(), protocol);
    }

    public Stream left() {
        return left;
    }

    public Stream right() {
        return right;
    }

    /// One direction: at most a window of bytes, then the writer waits.
    private static final class Pipe {
        private final byte[] ring = new byte[WINDOW_BYTES];
        private int start;
        private int size;
        private boolean ended;
        private boolean broken;

        synchronized int read(byte[] into, int offset, int length, Deadline deadline)
                throws IOException {
            while (size == 0 && !ended && !broken) {
                deadline.await(this);
            }
            check();
            if (size == 0) {
                return -1;
            }
            int count = Math.min(length, size);
            for (int i = 0; i < count; i++) {
                into[offset + i] = ring[(start + i) % WINDOW_BYTES];
            }
            start = (start + count) % WINDOW_BYTES;
            size -= count;
            notifyAll();
            return count;
        }

        synchronized void write(byte[] from, int offset, int length, Deadline deadline)
                throws IOException {
            for (int written = 0; written < length; ) {
                while (size == WINDOW_BYTES && !broken) {
                    deadline.await(this);
                }
                check();
                if (ended) {
                    throw new IOException("written after the end");
                }
                int count = Math.min(length - written, WINDOW_BYTES - size);
                for (int i = 0; i < count; i++) {
                    ring[(start + size + i) % WINDOW_BYTES] = from[offset + written + i];
                }
                size += count;
                written += count;
                notifyAll();
            }
        }

        private void check() throws IOException {
            if (broken) {
                throw new IOException("the stream was reset");
            }
        }

        synchronized void end() {
            ended = true;
            notifyAll();
        }

        /// What was written before the end may still be read.
        synchronized void breakUnlessEnded() {
            broken |= !ended;
            notifyAll();
        }

        synchronized void breakNow() {
            broken = true;
            notifyAll();
        }
    }

    /// Until when waiting is allowed, for one end.
    private static final class Deadline {
        private volatile long atNanos = System.nanoTime() + Duration.ofMinutes(5).toNanos();

        void set(Duration limit) {
            atNanos = System.nanoTime() + limit.toNanos();
        }

        /// Waits for a change of `pipe`, whose monitor the caller holds.
        void await(Pipe pipe) throws IOException {
            long left = atNanos - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("the deadline has passed");
            }
            try {
                pipe.wait(left / 1_000_000 + 1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    /// One end.
    private static final class End implements Stream {
        private final Connection connection;
        private final String protocol;
        private final Pipe in;
        private final Pipe out;
        private final Deadline deadline = new Deadline();

        private End(Connection connection, String protocol, Pipe in, Pipe out) {
            this.connection = connection;
            this.protocol = protocol;
            this.in = in;
            this.out = out;
        }

        @Override
        public Connection connection() {
            return connection;
        }

        @Override
        public String protocol() {
            return protocol;
        }

        @Override
        public void deadline(Duration limit) {
            deadline.set(limit);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return resetIfLate(() -> in.read(into, offset, length, deadline));
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            resetIfLate(() -> {
                out.write(from, offset, length, deadline);
                return length;
            });
        }

        private int resetIfLate(Waiting waiting) throws IOException {
            try {
                return waiting.run();
            } catch (SocketTimeoutException e) {
                reset();
                throw e;
            }
        }

        @Override
        public void closeWrite() {
            out.end();
        }

        @Override
        public void reset() {
            in.breakNow();
            out.breakNow();
        }

        @Override
        public void close() {
            out.end();
            in.breakUnlessEnded();
        }
    }

    @FunctionalInterface
    private interface Waiting {
        int run() throws IOException;
    }
}
