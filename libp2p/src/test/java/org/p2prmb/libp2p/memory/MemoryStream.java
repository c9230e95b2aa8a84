package org.p2prmb.libp2p.memory;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Stream;

import java.io.IOException;
import java.time.Duration;

/// One end of a stream between two [MemoryHost]s. It knows no deadlines.
final class MemoryStream implements Stream {
    private final MemoryConnection connection;
    private final String protocol;
    private final MemoryPipe in;
    private final MemoryPipe out;
    private boolean closedWrite;

    MemoryStream(MemoryConnection connection, String protocol, MemoryPipe in, MemoryPipe out) {
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
    public void deadline(Duration limit) {}

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        return in.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        out.write(from, offset, length);
    }

    @Override
    public synchronized void closeWrite() throws IOException {
        if (!closedWrite) {
            closedWrite = true;
            out.end();
        }
    }

    @Override
    public void reset() {
        in.breakUp();
        out.breakUp();
    }

    @Override
    public void close() {
        try {
            closeWrite();
        } catch (IOException e) {
            reset();
        }
    }
}
