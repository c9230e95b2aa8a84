package org.p2prmb.libp2p.secure;

import java.io.IOException;

/// A connected, authenticated, encrypted byte pipe between two peers.
///
/// One thread reads while one thread writes; two readers or two writers at a time are a bug of the
/// caller (which threads they are may change, if the caller orders the hand-over).
public interface SecureChannel extends AutoCloseable {
    /// Reads at least one byte of plaintext, at most `length`, into `into`; blocks; -1 when the
    /// remote ended the channel in good order.
    ///
    /// Gives what is there rather than waiting for more. A caller that offers room for a whole
    /// message of the channel (64 KiB) has it decrypted in place, without a copy.
    int read(byte[] into, int offset, int length) throws IOException;

    /// Encrypts and sends all of `from[offset, offset + length)` before it returns. The caller has
    /// batched: nothing is held back. The array may be reused when the call returns.
    void write(byte[] from, int offset, int length) throws IOException;

    /// Closes at once and never throws or waits; threads that read or write get an [IOException].
    @Override
    void close();
}
