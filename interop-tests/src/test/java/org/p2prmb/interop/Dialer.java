package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.p2prmb.libp2p.core.Connection;

import java.io.IOException;
import java.util.Map;

/// Who opens the connection of a test; whatever follows must not depend on it.
enum Dialer {
    JAVA {
        @Override
        void dial(JavaPeer java, PeerProcess rust) throws IOException {
            java.host().connect(rust.address(), Arrivals.PATIENCE);
        }
    },
    RUST {
        @Override
        void dial(JavaPeer java, PeerProcess rust) throws IOException, InterruptedException {
            rust.ask("dial", Map.of("address", java.address().toString()));
        }
    };

    abstract void dial(JavaPeer java, PeerProcess rust) throws IOException, InterruptedException;

    /// Connects the two; our side of the connection, once both have reported it.
    Connection connect(JavaPeer java, PeerProcess rust) throws IOException, InterruptedException {
        dial(java, rust);
        var connection = java.awaitConnected(rust.peerId()).connection();
        assertThat(connection.outbound()).isEqualTo(this == JAVA);
        if (this == JAVA) {
            var us = java.peerId().toString();
            var connected = rust.await("connected", event -> event.get("peer").asText().equals(us));
            assertThat(connected.get("dialer").asBoolean()).isFalse();
        }
        return connection;
    }
}
