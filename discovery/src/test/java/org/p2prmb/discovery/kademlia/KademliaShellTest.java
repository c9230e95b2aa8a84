package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.wire.KadMessageProto;
import org.p2prmb.discovery.wire.KadPeerProto;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.memory.MemoryHost;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;

/// The shell, between hosts in memory; the other end is often a stranger with a bare stream.
final class KademliaShellTest {
    private static final Bytes KEY = Bytes.utf8("/test/key");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final List<Throwable> deaths = new CopyOnWriteArrayList<>();
    private final List<Runnable> open = new ArrayList<>();
    private final MemoryHost host = new MemoryHost(KeyPair.generate(new SecureRandom()));
    private final MemoryHost stranger = new MemoryHost(KeyPair.generate(new SecureRandom()));

    @AfterEach
    void close() {
        open.reversed().forEach(Runnable::run);
        host.close();
        stranger.close();
        assertThat(deaths).isEmpty();
    }

    private Kademlia start(MemoryHost on, KademliaConfig config, KnownPeers known) {
        var kademlia =
                Kademlia.start(
                        on,
                        config,
                        new Validators(Map.of("test", new HighestByte())),
                        known,
                        new MonotonicClock(),
                        new SecureRandom(),
                        deaths::add);
        open.add(kademlia::close);
        return kademlia;
    }

    private Kademlia start() {
        return start(host, KademliaConfig.defaults(), KnownPeers.none());
    }

    private static Stream open(Connection connection) throws IOException {
        return connection.open(List.of(Kademlia.PROTOCOL), LIMIT);
    }

    private static void write(Stream stream, KadMessage message) throws IOException {
        Frames.write(stream, KadCodec.encode(message).unsafeArray());
    }

    private static KadMessage read(Stream stream) throws IOException {
        return KadCodec.decode(Frames.read(stream, KadCodec.WRITE_MAX));
    }

    @Test
    void severalRequestsOnOneStreamAreAnsweredInOrder() throws IOException {
        start();
        try (var stream = open(stranger.connect(host))) {
            var put = KadMessage.putValue(new KadRecord(KEY, Bytes.utf8("v1")));
            write(stream, put);
            write(stream, KadMessage.addProvider(KEY, KadPeer.of(stranger.peerId(), List.of())));
            write(stream, KadMessage.getValue(KEY));
            write(stream, KadMessage.getProviders(KEY));
            assertThat(read(stream)).isEqualTo(put);
            assertThat(read(stream).record().orElseThrow().value()).isEqualTo(Bytes.utf8("v1"));
            assertThat(read(stream).providers())
                    .extracting(KadPeer::id)
                    .containsExactly(stranger.peerId());
        }
    }

    @Test
    @DisplayName("py-libp2p#1425: a refused value resets its stream")
    void anythingWrongResetsTheStream() throws IOException {
        start();
        var connection = stranger.connect(host);
        var wrong =
                List.of(
                        Bytes.hex("ff"),
                        Bytes.hex("0809"),
                        KadCodec.encode(KadMessage.putValue(new KadRecord(KEY, Bytes.utf8("x")))),
                        Bytes.wrap(new byte[KadServer.REQUEST_MAX + 1]));
        for (var request : wrong) {
            var stream = open(connection);
            Frames.write(stream, request.unsafeArray());
            assertThatThrownBy(() -> read(stream)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aPeerHasThirtyTwoStreamsAndAnotherIsStillServed() throws IOException {
        start();
        var connection = stranger.connect(host);
        var streams = new ArrayList<Stream>();
        for (int number = 0; number < KadServer.STREAMS_PER_PEER_MAX; number++) {
            var stream = open(connection);
            write(stream, KadMessage.findNode(KEY));
            read(stream);
            streams.add(stream);
        }
        var oneTooMany = open(connection);
        assertThatThrownBy(
                        () -> {
                            write(oneTooMany, KadMessage.findNode(KEY));
                            read(oneTooMany);
                        })
                .isInstanceOf(IOException.class);
        var other = new MemoryHost(KeyPair.generate(new SecureRandom()));
        try (var stream = open(other.connect(host))) {
            write(stream, KadMessage.findNode(KEY));
            assertThat(read(stream).closer()).isEmpty();
        }
        other.close();
        streams.forEach(Stream::close);
    }

    @Test
    void whoAsksWithoutEndIsCutOff() throws IOException {
        start();
        var stream = open(stranger.connect(host));
        assertThatThrownBy(
                        () -> {
                            for (int number = 0; number < 100_000; number++) {
                                write(stream, KadMessage.findNode(KEY));
                                read(stream);
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void aServerThatAnswersWithRubbishStaysOutside() throws Exception {
        var kademlia = start();
        stranger.handle(
                Kademlia.PROTOCOL,
                stream -> {
                    Frames.read(stream, KadCodec.READ_MAX);
                    Frames.write(stream, new byte[] {-1});
                });
        stranger.connect(host);
        assertThat(kademlia.closest(KEY)).isEmpty();
    }

    /// zq2#2253: an answer of more than 64 KiB was cut off, and the look-up with it.
    @Test
    @DisplayName("zq2#2253: an answer of more than 64 KiB")
    void aLargeAnswerIsReadToItsEnd() throws Exception {
        var proto = KadMessageProto.newBuilder().setType(KadMessageProto.Type.FIND_NODE);
        var random = new SplittableRandom(7);
        var address = Multiaddr.parse("/dns4/%s/tcp/4001".formatted("x".repeat(200)));
        KadPeer last = KadPeer.of(KadWorld.randomId(random), List.of(address));
        for (int number = 0; number < KadMessage.PEERS_MAX; number++) {
            last = KadPeer.of(KadWorld.randomId(random), List.of(address));
            var peer = KadPeerProto.newBuilder().setId(bytes(last.id().multihash()));
            for (int copy = 0; copy < 40; copy++) {
                peer.addAddrs(bytes(address.encoded()));
            }
            proto.addCloserPeers(peer);
        }
        var answer = proto.build().toByteArray();
        assertThat(answer).hasSizeBetween(64 * 1024 + 1, KadCodec.READ_MAX);
        stranger.handle(
                Kademlia.PROTOCOL,
                stream -> {
                    Frames.read(stream, KadCodec.READ_MAX);
                    Frames.write(stream, answer);
                });
        host.connect(stranger);

        var client = new KadClient(host, LIMIT);
        var heard = client.ask(KadPeer.of(stranger.peerId(), List.of()), KadMessage.findNode(KEY));
        assertThat(heard.message().closer())
                .hasSize(KadMessage.PEERS_MAX)
                .last()
                .extracting(KadPeer::id)
                .isEqualTo(last.id());
    }

    private static ByteString bytes(Bytes bytes) {
        return ByteString.copyFrom(bytes.unsafeArray());
    }

    @Test
    void theTableOutlivesTheProcess() throws Exception {
        var known = new ArrayList<KadPeer>();
        var memory =
                new KnownPeers() {
                    @Override
                    public synchronized List<KadPeer> load() {
                        return List.copyOf(known);
                    }

                    @Override
                    public synchronized void save(List<KadPeer> peers) {
                        known.clear();
                        known.addAll(peers);
                    }
                };
        var first = start(host, KademliaConfig.defaults(), memory);
        start(stranger, KademliaConfig.defaults(), KnownPeers.none());
        stranger.connect(host);
        Eventually.holds("it is in the table", () -> finds(first));
        first.close();
        assertThat(memory.load()).extracting(KadPeer::id).containsExactly(stranger.peerId());
        var second = start(host, KademliaConfig.defaults(), memory);
        Eventually.holds("it is in the table again", () -> finds(second));
    }

    /// What strangers write about a peer must not end the DHT, and the agent with it.
    @Test
    void aFaultOfOurOwnWhileAskingAPeerIsAFailureOfThisPeer() {
        var faulty =
                (Host)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Host.class},
                                (_, method, _) -> {
                                    throw new IllegalStateException(method.getName());
                                });
        var client = new KadClient(faulty, LIMIT);
        var peer = KadPeer.of(stranger.peerId(), List.of());

        assertThatThrownBy(() -> client.ask(peer, KadMessage.findNode(KEY)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> client.tell(peer, KadMessage.addProvider(KEY, peer)))
                .isInstanceOf(IOException.class);
    }

    private boolean finds(Kademlia kademlia) {
        try {
            return kademlia.closest(KEY).stream()
                    .anyMatch(peer -> peer.id().equals(stranger.peerId()));
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted in a test", e);
        }
    }

    @Test
    void whoIsClosedFindsNothingAndServesNothing() throws Exception {
        var kademlia = start();
        kademlia.close();
        assertThat(kademlia.closest(KEY)).isEmpty();
        var connection = stranger.connect(host);
        assertThatThrownBy(() -> open(connection)).isInstanceOf(IOException.class);
    }
}
