package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;

/// A connected byte pipe without security: a TCP socket, or a stream that a relay forwards.
///
/// One thread reads while one thread writes; [#close] may come from any thread.
public interface RawChannel extends AutoCloseable {
    /// Reads at least one byte, at most `length`, into `into`; blocks; -1 at the end.
    int read(byte[] into, int offset, int length) throws IOException;

    /// Sends all of `from[offset, offset + length)`; blocks while the remote reads too slowly.
    void write(byte[] from, int offset, int length) throws IOException;

    /// True when [#read] has nothing to give now, as far as can be told without reading, so that a
    /// reader may first give back its large buffer.
    boolean idle();

    /// What is let pass; none unless a relay forwards this.
    default CircuitLimit limit() {
        return CircuitLimit.NONE;
    }

    /// Our end, without `/p2p`.
    Multiaddr localAddress();

    /// The remote end, without `/p2p`.
    Multiaddr remoteAddress();

    /// Closes at once and never throws or waits; blocked threads get an [IOException].
    @Override
    void close();
}
