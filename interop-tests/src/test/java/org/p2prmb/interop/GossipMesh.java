package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Nine peers in one topic, each connected with the two on either side of it: what one publishes
/// reaches the others over peers of all implementations.
final class GossipMesh {
    private static final String TOPIC = "rmb-test/matrix";
    private static final int STEPS = 2;

    private GossipMesh() {}

    /// Connects them, and waits until each knows that its neighbours are in the topic.
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
            await("the neighbours of " + peer.peerId())
                    .atMost(Arrivals.PATIENCE)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> subscribers(peer) == 2 * STEPS);
        }
    }

    private static int subscribers(MatrixPeer peer) throws IOException, InterruptedException {
        return peer.ask("subscribers", Map.of("topic", TOPIC)).get("peers").size();
    }

    /// What `publisher` publishes arrives at all `receivers` and names its author.
    static void deliver(MatrixPeer publisher, List<MatrixPeer> receivers, String data)
            throws IOException, InterruptedException {
        publisher.ask("publish", Map.of("topic", TOPIC, "data", data));
        for (var receiver : receivers) {
            var arrived =
                    receiver.await("gossip", event -> event.get("data").asText().equals(data));
            assertThat(arrived.get("from").asText()).isEqualTo(publisher.peerId().toString());
        }
    }
}
