package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/// Nine peers in one topic, each connected with the two on either side of it: what one publishes
/// reaches the others over peers of all implementations. Each message is large enough that whoever
/// speaks 1.2 says IDONTWANT.
final class GossipMesh {
    private static final String TOPIC = "rmb-test/matrix";
    private static final int STEPS = 2;

    /// Twice what our own peers take for large; the others' thresholds are lower.
    private static final int MESSAGE_BYTES = 2_048;

    private static final SecureRandom RANDOM = new SecureRandom();

    private GossipMesh() {}

    /// Connects them, and waits until each has its neighbours in its mesh.
    ///
    /// @param transport of each of their connections
    static void form(List<MatrixPeer> peers, String transport)
            throws IOException, InterruptedException {
        for (var peer : peers) {
            peer.ask("subscribe", Map.of("topic", TOPIC));
        }
        for (var index = 0; index < peers.size(); index++) {
            for (var step = 1; step <= STEPS; step++) {
                var listener = peers.get((index + step) % peers.size());
                var address = listener.address(transport).toString();
                peers.get(index).ask("dial", Map.of("address", address));
            }
        }
        for (var peer : peers) {
            eventually("the mesh of " + peer.peerId(), () -> meshed(peer) == 2 * STEPS);
        }
    }

    private static int meshed(MatrixPeer peer) throws IOException, InterruptedException {
        return peer.ask("mesh", Map.of("topic", TOPIC)).get("peers").size();
    }

    /// Waits for what follows from what has arrived.
    static void eventually(String what, Callable<Boolean> holds) {
        await(what).atMost(Arrivals.PATIENCE).pollInterval(Duration.ofMillis(50)).until(holds);
    }

    /// What `publisher` publishes arrives at all `receivers` and names its author.
    static void deliver(MatrixPeer publisher, List<MatrixPeer> receivers)
            throws IOException, InterruptedException {
        var random = new byte[MESSAGE_BYTES / 2];
        RANDOM.nextBytes(random);
        var data = HexFormat.of().formatHex(random);
        publisher.ask("publish", Map.of("topic", TOPIC, "data", data));
        for (var receiver : receivers) {
            var arrived =
                    receiver.await("gossip", event -> event.get("data").asText().equals(data));
            assertThat(arrived.get("from").asText()).isEqualTo(publisher.peerId().toString());
        }
    }
}
