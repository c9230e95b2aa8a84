package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Two ends of a channel in memory, each direction a pipe that holds so many bytes. Nobody proved
/// anything: Yamux does not ask.
final class MemoryChannels {
    private MemoryChannels() {}

    record Pair(SecureChannel dialer, SecureChannel listener) {}

    static Pair pair(int pipeBytes) {
        var up = new Pipe(pipeBytes);
        var down = new Pipe(pipeBytes);
        return new Pair(new End(down, up), new End(up, down));
    }

    private record End(Pipe in, Pipe out) implements SecureChannel {
        @Override
        public PublicKey remotePublicKey() {
            throw new UnsupportedOperationException("nobody proved who it is");
        }

        @Override
        public Optional<String> muxer() {
            return Optional.empty();
        }

        @Override
        public boolean buffered() {
            return false;
        }

        @Override
        public boolean idle() {
            return in.isEmpty();
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return in.read(into, offset, length);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public void close() {
            in.cut();
            out.end();
        }
    }

    /// A ring of bytes; the reading end cuts it, the writing end ends it.
    private static final class Pipe {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final byte[] ring;
        private long read;
        private long written;
        private boolean cut;
        private boolean ended;

        Pipe(int bytes) {
            ring = new byte[bytes];
        }

        boolean isEmpty() {
            lock.lock();
            try {
                return read == written && !ended && !cut;
            } finally {
                lock.unlock();
            }
        }

        int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                throw new IllegalStateException("a read of nothing");
            }
            lock.lock();
            try {
                while (read == written && !ended && !cut) {
                    changed.awaitUninterruptibly();
                }
                if (cut) {
                    throw new IOException("channel is closed");
                }
                if (read == written) {
                    return -1;
                }
                var at = (int) (read % ring.length);
                var bytes = (int) Math.min(Math.min(length, written - read), ring.length - at);
                System.arraycopy(ring, at, into, offset, bytes);
                read += bytes;
                changed.signalAll();
                return bytes;
            } finally {
                lock.unlock();
            }
        }

        void write(byte[] from, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, from.length);
            lock.lock();
            try {
                for (var done = 0; done < length; ) {
                    while (written - read == ring.length && !ended && !cut) {
                        changed.awaitUninterruptibly();
                    }
                    if (cut || ended) {
                        throw new IOException("channel is closed");
                    }
                    var at = (int) (written % ring.length);
                    var room = (int) Math.min(ring.length - (written - read), ring.length - at);
                    var bytes = Math.min(length - done, room);
                    System.arraycopy(from, offset + done, ring, at, bytes);
                    written += bytes;
                    done += bytes;
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        void cut() {
            lock.lock();
            cut = true;
            changed.signalAll();
            lock.unlock();
        }

        void end() {
            lock.lock();
            ended = true;
            changed.signalAll();
            lock.unlock();
        }
    }
}
