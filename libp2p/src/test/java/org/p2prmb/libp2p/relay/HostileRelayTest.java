package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multistream.Multistream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What a relay may do to those who use it.
@Timeout(60)
final class HostileRelayTest {
    private static final KeyPair OTHER = KeyPair.generate(new SecureRandom());

    private final TestHosts hosts = new TestHosts();
    private TcpHost liar;
    private TcpHost victim;
    private RelayClient client;
    private Connection connection;

    @BeforeEach
    void start() throws IOException {
        liar = hosts.start();
        victim = hosts.start(config -> config.withListen(List.of()));
        client = RelayClient.start(victim, new MonotonicClock());
        connection = TestHosts.connect(victim, liar);
        Eventually.holds("it is known", () -> !liar.connections(victim.peerId()).isEmpty());
    }

    @AfterEach
    void stop() {
        hosts.close();
    }

    private void answers(HopMessage answer) {
        liar.handle(
                Relay.HOP,
                stream -> {
                    CircuitCodec.readHop(stream);
                    CircuitCodec.write(stream, answer);
                });
    }

    private RelayPlace reserve() throws IOException {
        return client.reserve(connection, TestHosts.LIMIT);
    }

    private void grants(Reservation reservation) {
        answers(new HopMessage.Answer(RelayStatus.OK, Optional.of(reservation), CircuitLimit.NONE));
    }

    private static Instant soon() {
        return Instant.now().plus(Duration.ofMinutes(10)).truncatedTo(ChronoUnit.SECONDS);
    }

    @Test
    void everyRefusalIsTold() {
        for (var status : RelayStatus.values()) {
            if (status != RelayStatus.OK) {
                answers(HopMessage.Answer.of(status));
                assertThatThrownBy(this::reserve)
                        .isInstanceOfSatisfying(
                                RelayException.class,
                                e -> assertThat(e.status()).isEqualTo(status));
            }
        }
    }

    @Test
    void nonsenseIsNoPlace() {
        answers(new HopMessage.Reserve());
        assertThatThrownBy(this::reserve).hasMessageContaining("question");
        answers(HopMessage.Answer.of(RelayStatus.OK));
        assertThatThrownBy(this::reserve).hasMessageContaining("without a reservation");
        grants(new Reservation(Instant.now().minusSeconds(60), List.of(), Bytes.EMPTY));
        assertThatThrownBy(this::reserve).hasMessageContaining("expired");
        liar.handle(Relay.HOP, stream -> Frames.write(stream, new byte[] {-1}));
        assertThatThrownBy(this::reserve).isInstanceOf(ProtocolException.class);
        liar.handle(Relay.HOP, stream -> Frames.write(stream, new byte[5000]));
        assertThatThrownBy(this::reserve).isInstanceOf(ProtocolException.class);
        liar.handle(Relay.HOP, Stream::reset);
        assertThatThrownBy(this::reserve).isInstanceOf(IOException.class);
    }

    @Test
    void aWrongVoucherVoidsThePlace() throws IOException {
        var wrong =
                List.of(
                        Bytes.hex("ffff"),
                        // Of another relay, and for another peer.
                        new Voucher(OTHER.peerId(), victim.peerId(), soon()).seal(OTHER),
                        new Voucher(liar.peerId(), OTHER.peerId(), soon()).seal(liar.keys()));
        for (var voucher : wrong) {
            grants(new Reservation(soon(), List.of(), voucher));
            assertThatThrownBy(this::reserve).isInstanceOf(ProtocolException.class);
        }
        var right = new Voucher(liar.peerId(), victim.peerId(), soon()).seal(liar.keys());
        grants(new Reservation(soon(), List.of(), right));
        assertThat(reserve().relay()).isEqualTo(liar.peerId());
    }

    @Test
    void onlyAddressesOfTheRelayItselfAreAnnounced() throws IOException {
        var own = Multiaddr.parse("/ip4/198.51.100.7/tcp/4001");
        grants(
                new Reservation(
                        soon(),
                        List.of(
                                own.withPeer(OTHER.peerId()),
                                Multiaddr.parse(own.withPeer(liar.peerId()) + "/p2p-circuit"),
                                own.withPeer(liar.peerId()),
                                own),
                        Bytes.EMPTY));
        assertThat(reserve().addresses())
                .containsExactly(Multiaddr.parse(own.withPeer(liar.peerId()) + "/p2p-circuit"));
        // None that is left: the one that we know to lead there.
        grants(new Reservation(soon(), List.of(own.withPeer(OTHER.peerId())), Bytes.EMPTY));
        var known = connection.remoteAddress().withPeer(liar.peerId());
        assertThat(reserve().addresses()).containsExactly(Multiaddr.parse(known + "/p2p-circuit"));
    }

    /// Nothing can follow a path, nor an address that is as long as one may be.
    @Test
    void addressesThatNoCircuitFitsBehindAreLeftOut() throws IOException {
        var own = Multiaddr.parse("/ip4/198.51.100.7/tcp/4001");
        var path = Multiaddr.parse("/unix/tmp/socket");
        var full = Multiaddr.parse(own + "/ws".repeat(30));
        grants(new Reservation(soon(), List.of(path, full, own), Bytes.EMPTY));
        assertThat(reserve().addresses())
                .containsExactly(Multiaddr.parse(own.withPeer(liar.peerId()) + "/p2p-circuit"));
        grants(new Reservation(soon(), List.of(path, full), Bytes.EMPTY));
        assertThat(reserve().addresses()).containsExactly(circuit());
    }

    @Test
    void aPlaceForAgesIsAskedForAgainAfterADay() throws IOException {
        grants(new Reservation(Instant.parse("9999-01-01T00:00:00Z"), List.of(), Bytes.EMPTY));
        assertThat(reserve().expires()).isBefore(Instant.now().plus(Duration.ofHours(25)));
    }

    private RelayStatus stop(byte[] frame) throws IOException {
        var back = liar.connections(victim.peerId()).getFirst();
        try (var stream = back.open(List.of(Relay.STOP), TestHosts.LIMIT)) {
            stream.deadline(TestHosts.LIMIT);
            Frames.write(stream, frame);
            return ((StopMessage.Answer) CircuitCodec.readStop(stream)).status();
        }
    }

    private static byte[] call(PeerId from) {
        return CircuitCodec.encode(new StopMessage.Connect(from, CircuitLimit.NONE));
    }

    @Test
    void onlyARelayThatWasAskedMayCall() throws IOException {
        assertThat(stop(call(OTHER.peerId()))).isEqualTo(RelayStatus.PERMISSION_DENIED);
        grants(new Reservation(soon(), List.of(), Bytes.EMPTY));
        reserve();
        assertThat(stop(call(OTHER.peerId()))).isEqualTo(RelayStatus.OK);
        // We do not call ourselves.
        assertThat(stop(call(victim.peerId()))).isEqualTo(RelayStatus.PERMISSION_DENIED);
        // A refusal does not take away the place that there is, but its end does.
        answers(HopMessage.Answer.of(RelayStatus.RESOURCE_LIMIT_EXCEEDED));
        assertThatThrownBy(this::reserve).isInstanceOf(RelayException.class);
        assertThat(stop(call(OTHER.peerId()))).isEqualTo(RelayStatus.OK);
    }

    @Test
    void junkOnTheStopStreamIsToldSo() throws IOException {
        grants(new Reservation(soon(), List.of(), Bytes.EMPTY));
        reserve();
        for (var hex : List.of("ff", "0802", "0800")) {
            assertThat(stop(Bytes.hex(hex).toArray()))
                    .as(hex)
                    .isEqualTo(RelayStatus.MALFORMED_MESSAGE);
        }
        assertThat(stop(new byte[5000])).isEqualTo(RelayStatus.MALFORMED_MESSAGE);
        assertThat(stop(CircuitCodec.encode(new StopMessage.Answer(RelayStatus.OK))))
                .isEqualTo(RelayStatus.UNEXPECTED_MESSAGE);
    }

    private Multiaddr circuit() {
        var relay = connection.remoteAddress().withPeer(liar.peerId());
        return Multiaddr.parse(relay + "/p2p-circuit");
    }

    private static byte[] framed(byte[] body, String behind) {
        var all = new ByteArrayOutputStream();
        all.write(body.length);
        all.writeBytes(body);
        all.writeBytes(behind.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    @Test
    void whatComesRightBehindTheOkIsNotLost() throws IOException {
        var ok = CircuitCodec.encode(HopMessage.Answer.of(RelayStatus.OK));
        liar.handle(
                Relay.HOP,
                stream -> {
                    CircuitCodec.readHop(stream);
                    var packet = framed(ok, "early");
                    stream.write(packet, 0, packet.length);
                });
        try (var channel = client.dial(circuit(), OTHER.peerId(), TestHosts.LIMIT)) {
            var read = new byte[100];
            var count = 0;
            for (int more; (more = channel.read(read, count, read.length - count)) > 0; ) {
                count += more;
            }
            assertThat(new String(read, 0, count, StandardCharsets.UTF_8)).isEqualTo("early");
        }
    }

    /// The caller's first bytes share a packet with the relay's question.
    @Test
    void whatComesRightBehindACallIsNotLost() throws IOException {
        grants(new Reservation(soon(), List.of(), Bytes.EMPTY));
        reserve();
        var back = liar.connections(victim.peerId()).getFirst();
        try (var stream = back.open(List.of(Relay.STOP), TestHosts.LIMIT)) {
            stream.deadline(TestHosts.LIMIT);
            var hello = new String(Multistream.proposal("/noise"), StandardCharsets.UTF_8);
            var packet = framed(call(OTHER.peerId()), hello);
            stream.write(packet, 0, packet.length);
            assertThat(CircuitCodec.readStop(stream))
                    .isEqualTo(new StopMessage.Answer(RelayStatus.OK));
            assertThat(new String(Frames.read(stream, 100), StandardCharsets.UTF_8))
                    .isEqualTo("/multistream/1.0.0\n");
            assertThat(new String(Frames.read(stream, 100), StandardCharsets.UTF_8))
                    .isEqualTo("/noise\n");
        }
    }

    @Test
    void aRelayThatAnswersInThePlaceOfThePeerIsFoundOut() {
        liar.handle(
                Relay.HOP,
                stream -> {
                    CircuitCodec.readHop(stream);
                    CircuitCodec.write(stream, HopMessage.Answer.of(RelayStatus.OK));
                    TestHosts.echo(stream);
                });
        assertThatThrownBy(
                        () -> victim.connect(circuit().withPeer(OTHER.peerId()), TestHosts.LIMIT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot reach");
        assertThat(victim.connections()).containsExactly(connection);
    }

    @Test
    void aRelayThatSaysNothingCostsNoMoreThanTheDial() {
        var end = new CompletableFuture<Void>();
        liar.handle(
                Relay.HOP,
                _ -> {
                    try {
                        end.get(60, TimeUnit.SECONDS);
                    } catch (ExecutionException | TimeoutException e) {
                        throw new IOException(e);
                    }
                });
        var limit = Duration.ofMillis(300);
        assertThatThrownBy(() -> victim.connect(circuit().withPeer(OTHER.peerId()), limit))
                .isInstanceOf(IOException.class);
        end.complete(null);
    }

    @Test
    void aRelayIsNotReachedThroughItself() {
        assertThatThrownBy(() -> client.dial(circuit(), liar.peerId(), TestHosts.LIMIT))
                .hasMessageContaining("itself");
    }

    @Test
    void placesAreAskedForAtAFewRelaysOnly() throws IOException {
        for (var count = 0; count < RelayClient.PLACES_MAX; count++) {
            var relay = hosts.start();
            Relay.serve(
                    relay, RelayConfig.defaults(), relay::listenAddresses, new MonotonicClock());
            client.reserve(TestHosts.connect(victim, relay), TestHosts.LIMIT);
        }
        assertThatThrownBy(this::reserve).hasMessageContaining("more than 16");
    }
}
