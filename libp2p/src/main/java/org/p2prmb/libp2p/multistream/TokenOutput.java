package org.p2prmb.libp2p.multistream;

import java.io.IOException;

/// The writing end of a pipe during negotiation.
@FunctionalInterface
public interface TokenOutput {
    /// Sends all of `from[offset, offset + length)` without holding any of it back.
    void write(byte[] from, int offset, int length) throws IOException;
}
