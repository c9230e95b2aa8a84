package org.p2prmb.interop;

import static org.p2prmb.libp2p.gossipsub.GossipVersion.V1_1;

import org.p2prmb.libp2p.gossipsub.GossipVersion;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/// Whose stack a peer of the matrix runs on, and how such a peer is started.
enum Implementation {
    JAVA("p2prmb/") {
        @Override
        MatrixPeer start(String security, List<String> arguments) throws IOException {
            var old = arguments.equals(MatrixPeers.OLD_GOSSIP);
            return JavaMatrixPeer.start(
                    security, old ? List.of(V1_1) : List.of(GossipVersion.values()));
        }
    },
    RUST("rust-peer/") {
        @Override
        MatrixPeer start(String security, List<String> arguments)
                throws IOException, InterruptedException {
            return ForeignMatrixPeer.start(PeerProgram.RUST_MATRIX, List.of(), security, arguments);
        }
    },
    JS("js-matrix-peer/") {
        @Override
        MatrixPeer start(String security, List<String> arguments)
                throws IOException, InterruptedException {
            return ForeignMatrixPeer.start(
                    PeerProgram.JS_MATRIX, List.of("node"), security, arguments);
        }
    };

    private final String agent;

    Implementation(String agent) {
        this.agent = agent;
    }

    /// A peer on free ports of the loopback interface.
    ///
    /// @param security `noise` or `tls`, the only one that it speaks
    abstract MatrixPeer start(String security, List<String> arguments)
            throws IOException, InterruptedException;

    /// How the agent version begins that such a peer identifies itself with.
    String agent() {
        return agent;
    }

    /// As `matrix.json` has it.
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Implementation of(String title) {
        return valueOf(title.toUpperCase(Locale.ROOT));
    }
}
