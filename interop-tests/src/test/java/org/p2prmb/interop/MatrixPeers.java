package org.p2prmb.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The peers of the matrix, started when they are needed first, and ended together.
///
/// Each speaks either Noise or TLS. Those of the mesh are in no other cell: js-libp2p may dial a
/// relay again that it was told to leave. The first of an implementation there speaks the oldest
/// GossipSub of the matrix only.
final class MatrixPeers implements AutoCloseable {
    /// Of each implementation.
    static final int MESH_PEERS = 3;

    private static final List<String> OLD_GOSSIP = List.of("--gossip", "1.1.0");

    private final Map<Kind, List<MatrixPeer>> started = new HashMap<>();

    private record Kind(Implementation implementation, String security, boolean meshed) {}

    /// The `index`th of those that speak Noise.
    MatrixPeer noise(Implementation implementation, int index)
            throws IOException, InterruptedException {
        return peer(new Kind(implementation, "noise", false), index);
    }

    /// The `index`th of those in the mesh.
    MatrixPeer meshed(Implementation implementation, int index)
            throws IOException, InterruptedException {
        return peer(new Kind(implementation, "noise", true), index);
    }

    private MatrixPeer peer(Kind kind, int index) throws IOException, InterruptedException {
        var peers = started.computeIfAbsent(kind, _ -> new ArrayList<>());
        while (peers.size() <= index) {
            var old = peers.isEmpty() && kind.meshed();
            var arguments = old ? OLD_GOSSIP : List.<String>of();
            peers.add(kind.implementation().start(kind.security(), arguments));
        }
        return peers.get(index);
    }

    /// Two peers for a cell whose `over` is a transport and a security.
    Meeting meeting(Cell cell) throws IOException, InterruptedException {
        var over = cell.over().split("/", 2);
        var second = cell.dialer() == cell.listener() ? 1 : 0;
        return new Meeting(
                cell,
                peer(new Kind(cell.dialer(), over[1], false), 0),
                peer(new Kind(cell.listener(), over[1], false), second),
                over[0]);
    }

    /// All of the mesh, the implementations in turn.
    List<MatrixPeer> mesh() throws IOException, InterruptedException {
        var mesh = new ArrayList<MatrixPeer>();
        for (var index = 0; index < MESH_PEERS; index++) {
            for (var implementation : Implementation.values()) {
                mesh.add(meshed(implementation, index));
            }
        }
        return mesh;
    }

    @Override
    public void close() {
        started.values().forEach(peers -> peers.forEach(MatrixPeer::close));
    }
}
