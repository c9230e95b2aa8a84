package org.p2prmb.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The peer on rust-libp2p; `rust-underlayer/README.md` lists its commands and events.
final class RustPeer {
    private RustPeer() {}

    /// Starts a peer on a free port of the loopback interface; `arguments` as in its README.
    static PeerProcess start(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(PeerProgram.RUST.path().toString()));
        command.addAll(List.of(arguments));
        return PeerProcess.start("the Rust peer", command);
    }
}
