package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.util.Optional;

/// A raw channel after its TLS handshake with a peer. A record that is not authentic closes it.
final class TlsChannel implements SecureChannel {
    private final TlsPipe pipe;
    private final RawChannel channel;
    private final PublicKey remoteKey;
    private final Optional<String> muxer;

    TlsChannel(TlsPipe pipe, RawChannel channel, PublicKey remoteKey, Optional<String> muxer) {
        this.pipe = pipe;
        this.channel = channel;
        this.remoteKey = remoteKey;
        this.muxer = muxer;
    }

    @Override
    public PublicKey remotePublicKey() {
        return remoteKey;
    }

    @Override
    public Optional<String> muxer() {
        return muxer;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return pipe.read(into, offset, length);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean buffered() {
        return pipe.buffered();
    }

    @Override
    public boolean idle() {
        return pipe.idle();
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        pipe.write(from, offset, length);
    }

    @Override
    public void close() {
        channel.close();
    }
}
