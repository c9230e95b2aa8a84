package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;

import javax.net.ssl.SSLEngine;

/// A raw channel inside TLS with ordinary certificates, which says nothing about peers.
///
/// The first read or write runs the handshake, so that it takes the time of whoever wants bytes;
/// until it has returned only one thread may use this.
public final class TlsRawChannel implements RawChannel {
    private final RawChannel under;
    private final TlsPipe pipe;
    private boolean open;

    public TlsRawChannel(SSLEngine engine, RawChannel under, BufferPool pool) {
        this.under = under;
        this.pipe = new TlsPipe(engine, under, new ChannelInput(under, pool), pool);
    }

    private void open() throws IOException {
        if (!open) {
            pipe.handshake();
            open = true;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        open();
        return pipe.read(into, offset, length);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        open();
        pipe.write(from, offset, length);
    }

    @Override
    public boolean idle() {
        return pipe.idle();
    }

    @Override
    public Multiaddr localAddress() {
        return under.localAddress();
    }

    @Override
    public Multiaddr remoteAddress() {
        return under.remoteAddress();
    }

    @Override
    public void close() {
        under.close();
    }
}
