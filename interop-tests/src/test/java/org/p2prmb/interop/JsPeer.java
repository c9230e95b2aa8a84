package org.p2prmb.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// The peer on js-libp2p; `js-peer/README.md` lists its commands and events.
final class JsPeer {
    private JsPeer() {}

    /// Starts a peer on a free port of the loopback interface; `arguments` as in its README.
    static PeerProcess start(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("node", PeerProgram.JS.path().toString()));
        command.addAll(List.of(arguments));
        return PeerProcess.start("the JavaScript peer", command);
    }
}
