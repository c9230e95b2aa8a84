package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ConnectionUse;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.resource.WaterMarks;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.TcpTransport;
import org.p2prmb.libp2p.transport.Transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;

/// Too many connections, and two where one would do, over loopback.
@Timeout(60)
final class ConnectionSweepTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aboveTheHighMarkTheValuableStayAndNewcomersComeIn() throws IOException {
        var marks = new WaterMarks(3, 5, Duration.ZERO, Duration.ZERO);
        var limits = ResourceLimits.defaults().withMarks(marks);
        var server = hosts.startEcho(config -> config.withLimits(limits));
        var precious = ConcurrentHashMap.<PeerId>newKeySet();
        server.keepFor(
                new ConnectionUse() {
                    @Override
                    public boolean needs(PeerId peer) {
                        return false;
                    }

                    @Override
                    public int value(PeerId peer) {
                        return precious.contains(peer) ? 20 : 0;
                    }
                });
        var clients = new ArrayList<Host>();
        for (var i = 0; i < 3; i++) {
            var client = hosts.start();
            precious.add(client.peerId());
            clients.add(client);
            TestHosts.connect(client, server);
        }
        for (var i = 0; i < 20; i++) {
            come(server);
        }

        Eventually.holds("as many stay", () -> server.connections().size() <= 5);
        assertThat(server.trimmed()).isGreaterThanOrEqualTo(18);
        for (var client : clients) {
            var kept = client.connections(server.peerId()).getFirst();
            assertThat(TestHosts.ask(kept, ECHO, new byte[] {1})).containsExactly(1);
        }
    }

    /// Without a grace, a newcomer may have gone again before it knows that it was there.
    private TcpHost come(Host server) throws IOException {
        var newcomer = hosts.start();
        try {
            TestHosts.connect(newcomer, server);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("closed the connection at once");
        }
        return newcomer;
    }

    /// The server's question may be there before the newcomer's host knows the connection, which
    /// is over by then.
    @Test
    void newcomersThatAreSentAwayAtOnceHoldNothing() throws IOException {
        var none = new WaterMarks(0, 0, Duration.ZERO, Duration.ZERO);
        var limits = ResourceLimits.defaults().withMarks(none);
        var server = hosts.start(config -> config.withLimits(limits));
        var newcomers = new ArrayList<TcpHost>();
        for (var i = 0; i < 60; i++) {
            newcomers.add(come(server));
        }
        Eventually.holds(
                "nothing is held",
                () -> newcomers.stream().allMatch(host -> host.resources().isZero()));
    }

    /// Makes two dials at once: each has connected before either goes on.
    private static final class Together implements Transport {
        private final Transport tcp = new TcpTransport();
        private final CyclicBarrier both;

        Together(CyclicBarrier both) {
            this.both = both;
        }

        @Override
        public boolean dials(Multiaddr address) {
            return tcp.dials(address);
        }

        @Override
        public RawChannel dial(Multiaddr address, PeerId peer, Duration limit) throws IOException {
            var channel = tcp.dial(address, peer, limit);
            try {
                both.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IOException(e);
            }
            return channel;
        }
    }

    @Test
    void ofTwoConnectionsDialledAtOnceBothSidesKeepTheSameAndNoStreamBreaks() throws Exception {
        var transport = new Together(new CyclicBarrier(2));
        var timeouts = HostTimeouts.defaults().withIdle(Duration.ofMillis(300));
        var pair = new ArrayList<TcpHost>();
        for (var i = 0; i < 2; i++) {
            var host =
                    hosts.startEcho(
                            config -> config.withTransport(transport).withTimeouts(timeouts));
            host.keepFor(_ -> true);
            pair.add(host);
        }
        pair.sort((one, other) -> one.peerId().compareTo(other.peerId()));
        var small = pair.getFirst();
        var large = pair.getLast();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var there = threads.submit(() -> TestHosts.connect(small, large));
            var back = threads.submit(() -> TestHosts.connect(large, small));
            var streams =
                    List.of(
                            there.get().open(List.of(ECHO), TestHosts.LIMIT),
                            back.get().open(List.of(ECHO), TestHosts.LIMIT));
            Eventually.holds("there are two", () -> counts(small, large).equals(Set.of(2)));
            assertThat(small.connections(large.peerId()).getFirst().outbound()).isTrue();
            assertThat(large.connections(small.peerId()).getFirst().outbound()).isFalse();
            assertThat(TestHosts.connect(large, small).outbound()).isFalse();
            for (var i = 0; i < 100; i++) {
                for (var stream : streams) {
                    stream.write(new byte[] {1}, 0, 1);
                    assertThat(stream.read(new byte[1], 0, 1)).isEqualTo(1);
                }
            }
            streams.getLast().close();
            Eventually.holds("one is closed", () -> counts(small, large).equals(Set.of(1)));
            streams.getFirst().write(new byte[] {1}, 0, 1);
            assertThat(streams.getFirst().read(new byte[1], 0, 1)).isEqualTo(1);
            streams.getFirst().close();
        }
        assertThat(small.connections()).singleElement().matches(Connection::outbound);
    }

    private static Set<Integer> counts(Host one, Host other) {
        var counts = new HashSet<Integer>();
        counts.add(one.connections().size());
        counts.add(other.connections().size());
        return counts;
    }
}
