package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Tells the other party of a swap something.
public final class SwapClient {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private SwapClient() {}

    /// Returns once the other party has it on disk.
    ///
    /// Throws [IOException] when that is not known: it may have it, and is told again.
    public static void tell(Connection connection, TermsCodec.Told told) throws IOException {
        try (var stream = connection.open(List.of(SwapServer.PROTOCOL), LIMIT)) {
            stream.deadline(LIMIT);
            Frames.write(stream, TermsCodec.encode(told).unsafeArray());
            stream.closeWrite();
            if (Frames.read(stream, 1).length != 0) {
                throw new ProtocolException("an acknowledgement that says something");
            }
        }
    }
}
