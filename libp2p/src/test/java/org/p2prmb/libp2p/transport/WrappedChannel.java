package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;

/// A channel that behaves as the one below it, but for what the implementer changes.
public interface WrappedChannel extends RawChannel {
    RawChannel under();

    @Override
    default int read(byte[] into, int offset, int length) throws IOException {
        return under().read(into, offset, length);
    }

    @Override
    default void write(byte[] from, int offset, int length) throws IOException {
        under().write(from, offset, length);
    }

    @Override
    default boolean idle() {
        return under().idle();
    }

    @Override
    default Multiaddr localAddress() {
        return under().localAddress();
    }

    @Override
    default Multiaddr remoteAddress() {
        return under().remoteAddress();
    }

    @Override
    default void close() {
        under().close();
    }
}
