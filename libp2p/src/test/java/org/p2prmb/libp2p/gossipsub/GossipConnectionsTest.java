package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.host.HostTimeouts;
import org.p2prmb.libp2p.host.TestHosts;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/// Which connections of a host that closes idle ones gossip keeps, over loopback.
@Timeout(60)
final class GossipConnectionsTest {
    private static final String TOPIC = "topic";
    private static final Duration IDLE = Duration.ofMillis(200);

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private static void awaitEnd(Connection connection) {
        Eventually.holds("it is closed", () -> !connection.isOpen());
    }

    @Test
    void thePeersOfTheMeshStayConnectedAndNoOthers() throws Exception {
        var timeouts = HostTimeouts.defaults().withIdle(IDLE);
        var client = hosts.start(config -> config.withTimeouts(timeouts));
        var member = hosts.start();
        var stranger = hosts.start();
        var settling = new AtomicBoolean(true);
        client.keepFor(_ -> settling.get());
        try (var gossip = GossipSub.start(client, GossipConfig.defaults());
                var members = GossipSub.start(member, GossipConfig.defaults());
                var strangers = GossipSub.start(stranger, GossipConfig.defaults())) {
            var subscription = gossip.subscribe(TOPIC, Validator.ACCEPT_ALL, _ -> {});
            members.subscribe(TOPIC, Validator.ACCEPT_ALL, _ -> {});
            var kept = TestHosts.connect(client, member);
            var closed = TestHosts.connect(client, stranger);
            Eventually.holds("it is in the mesh", () -> gossip.keeps(member.peerId()));
            Eventually.holds("it is spoken with", () -> strangers.counters().rpcs() > 0);
            settling.set(false);
            awaitEnd(closed);
            awaitEnd(TestHosts.connect(client, stranger));
            assertThat(kept.isOpen()).isTrue();
            subscription.close();
            awaitEnd(kept);
        }
    }
}
