package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;

/// Two raw channels whose bytes go from one to the other through memory, without a bound.
public record RawPair(RawChannel dialer, RawChannel listener) {
    private static final Multiaddr DIALER = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
    private static final Multiaddr LISTENER = Multiaddr.parse("/ip4/127.0.0.1/tcp/2");

    public static RawPair create() {
        var up = new Pipe();
        var down = new Pipe();
        return new RawPair(
                new End(down, up, DIALER, LISTENER), new End(up, down, LISTENER, DIALER));
    }

    /// One end; closing it ends both directions.
    private record End(Pipe in, Pipe out, Multiaddr localAddress, Multiaddr remoteAddress)
            implements RawChannel {

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return in.read(into, offset, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public boolean idle() {
            return in.empty();
        }

        @Override
        public void close() {
            in.close();
            out.close();
        }
    }

    private static final class Pipe {
        private byte[] bytes = new byte[0];
        private boolean closed;

        synchronized int read(byte[] into, int offset, int length) throws IOException {
            while (bytes.length == 0 && !closed) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted", e);
                }
            }
            if (bytes.length == 0) {
                return -1;
            }
            var size = Math.min(length, bytes.length);
            System.arraycopy(bytes, 0, into, offset, size);
            bytes = java.util.Arrays.copyOfRange(bytes, size, bytes.length);
            return size;
        }

        synchronized void write(byte[] from, int offset, int length) throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            var joined = java.util.Arrays.copyOf(bytes, bytes.length + length);
            System.arraycopy(from, offset, joined, bytes.length, length);
            bytes = joined;
            notifyAll();
        }

        synchronized boolean empty() {
            return bytes.length == 0;
        }

        synchronized void close() {
            closed = true;
            notifyAll();
        }
    }
}
