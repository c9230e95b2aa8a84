package org.p2prmb.libp2p.core;

import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.time.Duration;

/// A bidirectional, flow-controlled byte stream to one authenticated peer, speaking one protocol.
///
/// Calls block the calling (virtual) thread. One thread may read while another writes; two readers
/// or two writers are a bug of the caller. Every stream ends with [#close] or [#reset].
public interface Stream extends AutoCloseable {
    /// The connection that carries this stream.
    Connection connection();

    /// The protocol id that was negotiated, for example `/ipfs/ping/1.0.0`.
    String protocol();

    /// Bounds the whole rest of the exchange: when `limit` has passed, waiting calls throw
    /// [java.net.SocketTimeoutException] and the stream is reset.
    void deadline(Duration limit);

    /// Reads at least one byte, at most `length`, into `into`; -1 when the remote closed its side.
    int read(byte[] into, int offset, int length) throws IOException;

    /// Queues all of `from[offset, offset + length)`, waiting for window and queue room. The array
    /// may be reused when the call returns. Bytes leave without a flush.
    void write(byte[] from, int offset, int length) throws IOException;

    /// Says that this stream, however long it lives, is no reason to keep its connection: one that
    /// carries only such streams is idle.
    default void background() {}

    /// Half-closes: the remote reads end of stream, we may still read.
    void closeWrite() throws IOException;

    /// Ends the stream at once in both directions; the remote sees a reset. Never throws.
    void reset();

    /// Half-closes if that is still to do and gives up reading; a remote that goes on writing is
    /// reset.
    @Override
    void close();

    /// The authenticated peer at the other end.
    default PeerId remotePeer() {
        return connection().remotePeer();
    }
}
