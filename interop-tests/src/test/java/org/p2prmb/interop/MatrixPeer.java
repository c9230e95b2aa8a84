package org.p2prmb.interop;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.util.Map;
import java.util.function.Predicate;

/// A peer of the matrix, of any implementation: `rust-peer/README.md` lists commands and events.
interface MatrixPeer extends AutoCloseable {
    PeerId peerId();

    /// Where it listens with `tcp` or `ws`, with `/p2p`.
    Multiaddr address(String transport);

    /// Carries out a command; what it gave. Fails when that is an error.
    JsonNode ask(String command, Map<String, ?> fields) throws IOException, InterruptedException;

    /// The next event of this name that is `wanted`.
    JsonNode await(String event, Predicate<JsonNode> wanted) throws InterruptedException;

    /// Drops the events that nobody awaited: they are of cells that are over.
    void forget();

    /// The next event of this name that is about `peer`.
    default JsonNode await(String event, MatrixPeer peer) throws InterruptedException {
        var id = peer.peerId().toString();
        return await(event, found -> found.path("peer").asText().equals(id));
    }

    @Override
    void close();
}
