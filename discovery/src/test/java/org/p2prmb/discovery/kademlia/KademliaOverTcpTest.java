package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.resource.WaterMarks;
import org.p2prmb.libp2p.transport.Resolver;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/// Real hosts on the loopback interface, in a row: each knows the one before it.
final class KademliaOverTcpTest {
    private static final Bytes KEY = Bytes.utf8("/test/a key");
    private static final Bytes PROVIDED = Bytes.hex("1220" + "07".repeat(32));

    private final TestHosts hosts = new TestHosts();
    private final List<Throwable> deaths = new CopyOnWriteArrayList<>();
    private final List<Kademlia> all = new ArrayList<>();

    @AfterEach
    void close() {
        all.forEach(Kademlia::close);
        hosts.close();
        assertThat(deaths).isEmpty();
    }

    private Kademlia start(Host host, KademliaConfig config) {
        var kademlia =
                Kademlia.start(
                        host,
                        config,
                        new Validators(Map.of("test", new HighestByte())),
                        KnownPeers.none(),
                        new MonotonicClock(),
                        new SecureRandom(),
                        deaths::add);
        all.add(kademlia);
        return kademlia;
    }

    /// Waits for what comes true by itself, in steps of a query.
    private static void until(Condition condition) throws Exception {
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as("it did not come true in time").isLessThan(end);
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private List<Host> row(int count, KademliaConfig config) throws Exception {
        var row = new ArrayList<Host>();
        for (int number = 0; number < count; number++) {
            var host = hosts.start();
            start(host, config);
            if (number > 0) {
                TestHosts.connect(host, row.getLast());
            }
            row.add(host);
        }
        return row;
    }

    /// As of go-libp2p's connection manager, which tags the peers of the table.
    @Test
    void whenThereAreTooManyConnectionsThoseOfTheTableStay() throws Exception {
        var marks = new WaterMarks(1, 3, Duration.ZERO, Duration.ZERO);
        var limits = ResourceLimits.defaults().withMarks(marks);
        var host = hosts.start(config -> config.withLimits(limits));
        var kademlia = start(host, KademliaConfig.defaults());
        TestHosts.connect(hosts.start(), host);
        TestHosts.connect(hosts.start(), host);
        var member = hosts.start();
        start(member, KademliaConfig.defaults());
        TestHosts.connect(member, host);
        until(() -> kademlia.tableSize() == 1);

        var late = hosts.start();
        try {
            TestHosts.connect(late, host);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("closed the connection at once");
        }
        until(() -> host.connections().size() == 1);
        assertThat(host.connections().getFirst().remotePeer()).isEqualTo(member.peerId());
    }

    @Test
    void theLastFindsTheFirstAndWhatItPutAndProvides() throws Exception {
        var row = row(5, KademliaConfig.defaults());
        var first = all.getFirst();
        var last = all.getLast();
        until(() -> last.findPeer(row.getFirst().peerId()).isPresent());
        assertThat(last.findPeer(row.getFirst().peerId()).orElseThrow().addresses())
                .containsAnyElementsOf(row.getFirst().listenAddresses());
        until(() -> first.put(KEY, Bytes.utf8("v1")) == 4);
        assertThat(last.get(KEY)).contains(Bytes.utf8("v1"));
        assertThat(first.provide(PROVIDED)).isEqualTo(4);
        until(() ->
                last.providers(PROVIDED, 10).stream()
                        .anyMatch(peer -> peer.id().equals(row.getFirst().peerId())));
        assertThat(last.closest(KEY)).hasSize(4);
    }

    /// Looked up, it would have more parts than an address may.
    @Test
    void anAddressOfAStrangerThatCannotBeLookedUpEndsNothing() throws Exception {
        var full = Multiaddr.parse("/dns4/a.example/tcp/443/wss" + "/ws".repeat(29));
        var nobody = KadPeer.of(KadWorld.randomId(new SplittableRandom(1)), List.of(full));
        var liar = hosts.start();
        liar.handle(
                Kademlia.PROTOCOL,
                stream -> {
                    Frames.read(stream, KadCodec.READ_MAX);
                    var answer =
                            KadMessage.findNode(KEY)
                                    .answeredWith(Optional.empty(), List.of(nobody), List.of());
                    Frames.write(stream, KadCodec.encode(answer).unsafeArray());
                });
        var host = hosts.start(config -> config.withResolver(new OneAddress()));
        var kademlia = start(host, KademliaConfig.defaults());
        TestHosts.connect(host, liar);
        until(() -> kademlia.tableSize() == 1);

        assertThat(kademlia.closest(KEY)).extracting(KadPeer::id).containsExactly(liar.peerId());
        assertThat(kademlia.tableSize()).isEqualTo(1);
    }

    private record OneAddress() implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            return List.of(InetAddress.getByName("198.51.100.7"));
        }

        @Override
        public List<String> texts(String name) {
            return List.of();
        }
    }

    @Test
    void aClientFindsAndIsInNobodysTable() throws Exception {
        var row = row(3, KademliaConfig.defaults());
        var clientHost = hosts.start();
        var client = start(clientHost, KademliaConfig.defaults().withServer(false));
        TestHosts.connect(clientHost, row.getLast());
        until(() -> client.put(KEY, Bytes.utf8("v2")) == 3);
        assertThat(all.getFirst().get(KEY)).contains(Bytes.utf8("v2"));
        assertThat(all.getFirst().closest(Bytes.utf8("any")))
                .extracting(KadPeer::id)
                .doesNotContain(clientHost.peerId());
    }

    @Test
    void aValueThatItsValidatorRefusesIsNotEvenSent() throws Exception {
        row(1, KademliaConfig.defaults());
        assertThatThrownBy(() -> all.getFirst().put(KEY, Bytes.utf8("no value")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> all.getFirst().put(Bytes.utf8("/other/x"), Bytes.utf8("v1")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
