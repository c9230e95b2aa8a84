package org.p2prmb.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The peers of the matrix, started when they are needed first.
///
/// Each speaks either Noise or TLS. Those of circuits and meshes are in no other cell: js-libp2p
/// may dial a relay again that it was told to leave, and who is connected already dials nobody.
final class MatrixPeers implements AutoCloseable {
    /// Of each implementation.
    static final int MESH_PEERS = 3;

    /// Of a peer that speaks the oldest GossipSub of the matrix only.
    static final List<String> OLD_GOSSIP = List.of("--gossip", "1.1.0");

    private final Map<Kind, List<MatrixPeer>> started = new HashMap<>();

    /// What peers are for.
    enum Group {
        DIRECT,
        CIRCUIT,
        MESH
    }

    /// @param over of those who meet directly only the security, as they use both transports
    private record Kind(Group group, Implementation implementation, String over) {
        String security() {
            return over.substring(over.indexOf('/') + 1);
        }
    }

    /// Two peers for a cell that needs one connection.
    Meeting meeting(Cell cell) throws IOException, InterruptedException {
        var second = cell.dialer() == cell.listener() ? 1 : 0;
        return new Meeting(
                cell,
                peer(new Kind(Group.DIRECT, cell.dialer(), cell.security()), 0),
                peer(new Kind(Group.DIRECT, cell.listener(), cell.security()), second));
    }

    MatrixPeer relay(Cell cell) throws IOException, InterruptedException {
        return peer(new Kind(Group.CIRCUIT, cell.relay(), cell.over()), 0);
    }

    MatrixPeer behindRelay(Cell cell) throws IOException, InterruptedException {
        return peer(new Kind(Group.CIRCUIT, cell.listener(), cell.over()), 1);
    }

    /// The `index`th of an implementation in the mesh over `over`. The first speaks the oldest
    /// GossipSub of the matrix only.
    MatrixPeer meshed(String over, Implementation implementation, int index)
            throws IOException, InterruptedException {
        return peer(new Kind(Group.MESH, implementation, over), index);
    }

    /// All of a mesh, the implementations in turn.
    List<MatrixPeer> mesh(String over) throws IOException, InterruptedException {
        var mesh = new ArrayList<MatrixPeer>();
        for (var index = 0; index < MESH_PEERS; index++) {
            for (var implementation : Implementation.values()) {
                mesh.add(meshed(over, implementation, index));
            }
        }
        return mesh;
    }

    private MatrixPeer peer(Kind kind, int index) throws IOException, InterruptedException {
        var peers = started.computeIfAbsent(kind, _ -> new ArrayList<>());
        while (peers.size() <= index) {
            var old = peers.isEmpty() && kind.group() == Group.MESH;
            var arguments = old ? OLD_GOSSIP : List.<String>of();
            peers.add(kind.implementation().start(kind.security(), arguments));
        }
        return peers.get(index);
    }

    /// Ends those of one group over `over`.
    void end(Group group, String over) {
        for (var implementation : Implementation.values()) {
            var ended = started.remove(new Kind(group, implementation, over));
            if (ended != null) {
                ended.forEach(MatrixPeer::close);
            }
        }
    }

    @Override
    public void close() {
        started.values().forEach(peers -> peers.forEach(MatrixPeer::close));
    }
}
