package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// More dials at a time than there are places: the rest wait.
@Timeout(60)
final class DialPlacesTest {
    private final TestHosts hosts = new TestHosts();
    private final Held transport = new Held();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private static Future<Connection> dial(
            ExecutorService threads, Host client, int number, Duration limit) {
        var peer = KeyPair.generate(new SecureRandom()).peerId();
        return threads.submit(() -> client.connect(peer, List.of(address(number)), limit));
    }

    private static Multiaddr address(int number) {
        return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (10_000 + number));
    }

    @Test
    void ourOwnDialsWaitForOneAnotherAndNoneIsRefused() throws Exception {
        var places = ResourceLimits.defaults().unproven().all().connectionsOut();
        var all = places + 30;
        var client = hosts.start(config -> config.withTransport(transport));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var dials = new ArrayList<Future<Connection>>();
            for (var number = 0; number < all; number++) {
                dials.add(dial(threads, client, number, LIMIT));
            }
            Eventually.holds("each began", () -> client.resources().connectionsOut() == all);
            Eventually.holds("some dial", () -> transport.running.get() == places);
            transport.released.countDown();

            for (var dial : dials) {
                assertThatThrownBy(dial::get).hasMessageContaining("nobody is here");
            }
        }
        assertThat(transport.most).hasValue(places);
        assertThat(client.resources().isZero()).isTrue();
    }

    @Test
    void whoeverFindsNoPlaceInTimeSaysNothingAboutTheAddress() throws Exception {
        var client =
                hosts.start(
                        config -> config.withTransport(transport).withLimits(TestHosts.pending(1)));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var held = dial(threads, client, 0, LIMIT);
            Eventually.holds("the place is taken", () -> transport.running.get() == 1);
            for (var time = 0; time < 3; time++) {
                var late = dial(threads, client, 1, Duration.ofMillis(10));
                assertThatThrownBy(late::get)
                        .hasCauseInstanceOf(SocketTimeoutException.class)
                        .hasMessageContaining("too many dials at once");
            }
            transport.released.countDown();
            assertThatThrownBy(held::get).hasMessageContaining("nobody is here");
            assertThatThrownBy(dial(threads, client, 1, LIMIT)::get)
                    .hasMessageContaining("nobody is here");
        }
    }

    /// Holds every dial until it is told to go on.
    private static final class Held implements Transport {
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        public boolean dials(Multiaddr address) {
            return true;
        }

        @Override
        public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            try {
                released.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                running.decrementAndGet();
            }
            throw new IOException("nobody is here");
        }
    }
}
