package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.noise.NoiseSecurity;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.TcpListener;
import org.p2prmb.libp2p.yamux.SharedWindowBudget;
import org.p2prmb.libp2p.yamux.YamuxConfig;
import org.p2prmb.libp2p.yamux.YamuxListener;
import org.p2prmb.libp2p.yamux.YamuxSession;
import org.p2prmb.libp2p.yamux.YamuxStream;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Executors;

/// A remote that says GoAway and keeps the connection for the streams that live.
@Timeout(60)
final class LeavingRemoteTest {
    private static final KeyPair LEAVER = KeyPair.generate(new SecureRandom());

    @Test
    void aConnectionWhoseRemoteLeavesIsNotHandedOut() throws Exception {
        var address = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");
        try (var listener = TcpListener.open(address);
                var hosts = new TestHosts();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var client = hosts.start();
            var first = threads.submit(() -> accept(listener));
            var leaving = dial(client, listener);
            assertThat(client.connections(LEAVER.peerId())).containsExactly(leaving);
            try (var leaver = first.get()) {
                leaver.goAway(0);
                Eventually.holds(
                        "the farewell arrives",
                        () -> client.connections(LEAVER.peerId()).isEmpty());
                assertThat(leaving.isOpen()).isTrue();

                var second = threads.submit(() -> accept(listener));
                var fresh = dial(client, listener);
                try (var _ = second.get()) {
                    assertThat(fresh).isNotEqualTo(leaving);
                    assertThat(client.connections(LEAVER.peerId())).containsExactly(fresh);
                    assertThat(client.connections()).containsExactly(leaving, fresh);
                }
            }
        }
    }

    private static Connection dial(TcpHost client, TcpListener listener) throws IOException {
        var bound = listener.bound();
        var address = Multiaddr.tcp(bound.getAddress(), bound.getPort());
        return client.connect(LEAVER.peerId(), List.of(address), LIMIT);
    }

    private static YamuxSession accept(TcpListener listener) throws IOException {
        var pool = new BufferPool();
        var noise = new NoiseSecurity(LEAVER, List.of(Upgrader.MUXER), new SecureRandom(), pool);
        try (var timer = Executors.newSingleThreadScheduledExecutor()) {
            var upgrader = new Upgrader(List.of(noise), pool, timer);
            var secure = upgrader.listener(listener.accept(), null, LIMIT);
            var windows = new SharedWindowBudget(1 << 20);
            return YamuxSession.start(
                    secure, false, YamuxConfig.defaults(), windows, new ResetsStreams());
        }
    }

    private static final class ResetsStreams implements YamuxListener {
        @Override
        public void onStream(YamuxStream stream) {
            stream.reset();
        }

        @Override
        public void onClosed(String reason) {
            // The client closed its end.
        }
    }
}
