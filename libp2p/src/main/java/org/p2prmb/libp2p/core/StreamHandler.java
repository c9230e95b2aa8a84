package org.p2prmb.libp2p.core;

import java.io.IOException;

/// Serves the incoming streams of one protocol, each on its own virtual thread.
@FunctionalInterface
public interface StreamHandler {
    /// Serves one stream to its end. The host closes it on return and resets it when this throws;
    /// an [IOException] is the peer's or the network's failure and concerns nobody else.
    void serve(Stream stream) throws IOException, InterruptedException;
}
