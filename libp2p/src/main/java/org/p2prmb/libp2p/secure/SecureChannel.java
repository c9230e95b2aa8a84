package org.p2prmb.libp2p.secure;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multistream.TokenInput;

import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/// A connected, authenticated, encrypted byte pipe between two peers.
///
/// One thread reads while one thread writes; two readers or two writers at a time are a bug of the
/// caller (which threads they are may change, if the caller orders the hand-over).
public interface SecureChannel extends TokenInput, AutoCloseable {
    /// The key that the remote has proven to hold.
    PublicKey remotePublicKey();

    default PeerId remotePeer() {
        return remotePublicKey().peerId();
    }

    /// The muxer agreed on in the handshake; empty when it is still to be negotiated.
    Optional<String> muxer();

    /// Reads at least one byte of plaintext, at most `length`, into `into`; blocks; -1 when the
    /// remote ended the channel in good order.
    ///
    /// Gives what is there rather than waiting for more. A caller that offers room for a whole
    /// message of the channel (64 KiB) spares it a copy.
    int read(byte[] into, int offset, int length) throws IOException;

    @Override
    default int next() throws IOException {
        var one = new byte[1];
        if (read(one, 0, 1) < 0) {
            throw new EOFException("remote closed the connection");
        }
        return one[0] & 0xff;
    }

    /// True when [#read] has nothing to give now, so that a reader may wait with a small buffer.
    boolean idle();

    /// Encrypts and sends all of `from[offset, offset + length)` before it returns. The caller has
    /// batched: nothing is held back. The array may be reused when the call returns.
    void write(byte[] from, int offset, int length) throws IOException;

    /// Closes at once and never throws or waits; threads that read or write get an [IOException].
    @Override
    void close();
}
