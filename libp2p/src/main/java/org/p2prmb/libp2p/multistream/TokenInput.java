package org.p2prmb.libp2p.multistream;

import java.io.IOException;

/// The reading end of a pipe during negotiation, which never takes a byte too many: what follows
/// the last token belongs to the negotiated protocol.
public interface TokenInput {
    /// The next byte, 0 to 255; blocks. Throws [java.io.EOFException] at the end.
    int next() throws IOException;

    /// True when [#next] surely does not block.
    boolean buffered();
}
