package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.core.Connection.Traffic;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/// Counts the bytes of the streams that it is shown, as their users see them: no negotiation, no
/// headers of the layers below. Safe for many threads.
public final class StreamMeter {
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    /// The same stream; what goes through the returned one is counted.
    public Stream count(Stream stream) {
        return new Counted(stream);
    }

    /// The same handler, whose streams are counted.
    public StreamHandler count(StreamHandler handler) {
        return stream -> handler.serve(count(stream));
    }

    /// What went through all of them so far.
    public Traffic total() {
        return new Traffic(read.sum(), written.sum());
    }

    private final class Counted implements Stream {
        private final Stream stream;

        Counted(Stream stream) {
            this.stream = stream;
        }

        @Override
        public Connection connection() {
            return stream.connection();
        }

        @Override
        public String protocol() {
            return stream.protocol();
        }

        @Override
        public void deadline(Duration limit) {
            stream.deadline(limit);
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var count = stream.read(into, offset, length);
            read.add(Math.max(0, count));
            return count;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            stream.write(from, offset, length);
            written.add(length);
        }

        @Override
        public void background() {
            stream.background();
        }

        @Override
        public void closeWrite() throws IOException {
            stream.closeWrite();
        }

        @Override
        public void reset() {
            stream.reset();
        }

        @Override
        public void close() {
            stream.close();
        }
    }
}
