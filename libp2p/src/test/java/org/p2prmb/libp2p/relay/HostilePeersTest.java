package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.host.TestHosts;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What callers and callees may do to a relay.
@Timeout(60)
final class HostilePeersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private RelayHosts hosts;

    HostilePeersTest() throws IOException {
        hosts = new RelayHosts(RelayConfig.defaults().withPatience(PATIENCE));
    }

    @AfterEach
    void close() {
        hosts.close();
    }

    private void restart(RelayConfig config) throws IOException {
        hosts.close();
        hosts = new RelayHosts(config);
    }

    private Stream hop(Connection relay) throws IOException {
        var stream = relay.open(List.of(Relay.HOP), TestHosts.LIMIT);
        stream.deadline(TestHosts.LIMIT);
        return stream;
    }

    private RelayStatus answerTo(Connection relay, byte[] bytes) throws IOException {
        try (var stream = hop(relay)) {
            stream.write(bytes, 0, bytes.length);
            stream.closeWrite();
            return ((HopMessage.Answer) CircuitCodec.readHop(stream)).status();
        }
    }

    private void assertServesOthers() throws IOException {
        var callee = hosts.peer();
        hosts.reserve(callee);
        var connection = hosts.peer().host().connect(hosts.circuit(callee), TestHosts.LIMIT);
        assertThat(TestHosts.ask(connection, TestHosts.ECHO, new byte[10])).hasSize(10);
    }

    @Test
    void whatIsNoMessageIsCalledMalformed() throws IOException {
        var relay = hosts.connectRelay(hosts.peer());
        var peer =
                "0a260024080112201ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
        for (var hex :
                List.of(
                        "020803", // No such type.
                        "020801", // A circuit to nobody.
                        "0408011200", // To a peer without an id.
                        "03ffffff", // No protobuf.
                        "8120", // Longer than 4096 bytes.
                        "ffffffffffffffff7f")) { // Longer than anything.
            assertThat(answerTo(relay, Bytes.hex(hex).toArray()))
                    .as(hex)
                    .isEqualTo(RelayStatus.MALFORMED_MESSAGE);
        }
        // An id with a byte too many.
        assertThat(
                        answerTo(
                                relay,
                                Bytes.hex("2d08011229" + "0a27" + peer.substring(4) + "00")
                                        .toArray()))
                .isEqualTo(RelayStatus.MALFORMED_MESSAGE);
        assertServesOthers();
    }

    @Test
    void anAnswerToNothingIsUnexpected() throws IOException {
        var relay = hosts.connectRelay(hosts.peer());
        assertThat(answerTo(relay, Bytes.hex("0408022864").toArray()))
                .isEqualTo(RelayStatus.UNEXPECTED_MESSAGE);
    }

    /// py-libp2p#1537: messages without their length in front.
    @Test
    @DisplayName("py-libp2p#1537: messages without their length")
    void aMessageWithoutItsLengthIsNoMessage() throws IOException {
        var relay = hosts.connectRelay(hosts.peer());
        try (var stream = hop(relay)) {
            stream.write(new byte[] {8, 0}, 0, 2);
            stream.closeWrite();
            assertThatThrownBy(() -> CircuitCodec.readHop(stream)).isInstanceOf(IOException.class);
        }
        assertThat(hosts.relay.reservations()).isZero();
        assertServesOthers();
    }

    /// py-libp2p#1537: fields that the specification does not have.
    @Test
    @DisplayName("py-libp2p#1537: fields that nobody specified")
    void fieldsThatNobodyKnowsAreIgnored() throws IOException {
        var relay = hosts.connectRelay(hosts.peer());
        assertThat(answerTo(relay, Bytes.hex("06" + "0800" + "3202abcd").toArray()))
                .isEqualTo(RelayStatus.OK);
    }

    @Test
    void whoSaysNothingIsLeft() throws IOException {
        var relay = hosts.connectRelay(hosts.peer());
        try (var stream = hop(relay)) {
            stream.write(new byte[] {2}, 0, 1);
            assertThatThrownBy(() -> CircuitCodec.readHop(stream)).isInstanceOf(IOException.class);
        }
        assertServesOthers();
    }

    @Test
    void aFloodOfReservationsEndsInRefusalsAndTheRestIsServed() throws IOException {
        restart(
                RelayConfig.defaults()
                        .withPlaces(new RelayConfig.Places(3, 3, Duration.ofHours(1))));
        var places = new ArrayList<RelayPlace>();
        for (var count = 0; count < 3; count++) {
            places.add(hosts.reserve(hosts.peer()));
        }
        assertThat(places).hasSize(3);
        var late = hosts.peer();
        assertThatThrownBy(() -> hosts.reserve(late))
                .isInstanceOfSatisfying(
                        RelayException.class,
                        e -> assertThat(e.status()).isEqualTo(RelayStatus.RESERVATION_REFUSED));
        var relay = hosts.connectRelay(late);
        for (var count = 1; count < 30; count++) {
            assertThatThrownBy(() -> late.client().reserve(relay, TestHosts.LIMIT))
                    .hasMessageContaining("RESERVATION_REFUSED");
        }
        assertThatThrownBy(() -> late.client().reserve(relay, TestHosts.LIMIT))
                .hasMessageContaining("RESOURCE_LIMIT_EXCEEDED");
        assertThat(hosts.relay.reservations()).isEqualTo(3);
    }

    @Test
    void oneNetworkGetsAFewPlacesWhereLoopbackCounts() throws IOException {
        restart(RelayConfig.defaults().withExemptLoopback(false));
        for (var count = 0; count < 8; count++) {
            hosts.reserve(hosts.peer());
        }
        assertThatThrownBy(() -> hosts.reserve(hosts.peer()))
                .hasMessageContaining("RESERVATION_REFUSED");
    }

    /// A callee that has a place and answers a call as `handler` does.
    private RelayHosts.Peer callee(StreamHandler handler) throws IOException {
        var callee = hosts.peer();
        hosts.reserve(callee);
        callee.host().handle(Relay.STOP, handler);
        return callee;
    }

    private void assertFails(RelayHosts.Peer callee) throws IOException {
        var caller = hosts.peer();
        assertThatThrownBy(() -> caller.host().connect(hosts.circuit(callee), TestHosts.LIMIT))
                .hasMessageContaining("CONNECTION_FAILED");
        assertThat(hosts.relay.circuits()).isZero();
    }

    @Test
    void aCalleeThatRefusesIsSilentOrTalksNonsenseFailsTheCall() throws IOException {
        assertFails(
                callee(stream ->
                        CircuitCodec.write(
                                stream, new StopMessage.Answer(RelayStatus.PERMISSION_DENIED))));
        var end = new CountDownLatch(1);
        assertFails(callee(_ -> end.await()));
        end.countDown();
        assertFails(callee(stream -> Frames.write(stream, new byte[] {-1})));
        assertFails(callee(stream -> Frames.write(stream, new byte[5000])));
        assertFails(callee(Stream::reset));
        assertFails(
                callee(stream ->
                        CircuitCodec.write(
                                stream,
                                new StopMessage.Connect(
                                        hosts.relayHost.peerId(), CircuitLimit.NONE))));
        var without = hosts.peer();
        hosts.reserve(without);
        without.host().unhandle(Relay.STOP);
        assertFails(without);
    }

    @Test
    void callsAreCountedWhileTheyAreOpenAndNoLonger() throws IOException {
        restart(
                RelayConfig.defaults()
                        .withCircuits(
                                new RelayConfig.Circuits(
                                        3, 2, RelayConfig.defaults().circuits().limit())));
        var callee = hosts.peer();
        hosts.reserve(callee);
        var first = hosts.peer().host().connect(hosts.circuit(callee), TestHosts.LIMIT);
        hosts.peer().host().connect(hosts.circuit(callee), TestHosts.LIMIT);
        var third = hosts.peer();
        assertThatThrownBy(() -> third.host().connect(hosts.circuit(callee), TestHosts.LIMIT))
                .hasMessageContaining("RESOURCE_LIMIT_EXCEEDED");
        first.close();
        Eventually.holds("one has ended", () -> hosts.relay.circuits() == 1);
        assertThat(
                        third.client()
                                .dial(
                                        hosts.circuit(callee).withoutPeer(),
                                        callee.host().peerId(),
                                        TestHosts.LIMIT))
                .isNotNull();
    }

    /// The reader of one end does not read, and the writer of the other fills all windows.
    @Test
    void aCircuitThatStallsEndsWithItsTime() throws IOException {
        var brief = new CircuitLimit(Duration.ofSeconds(2), 0);
        restart(RelayConfig.defaults().withCircuits(new RelayConfig.Circuits(10, 10, brief)));
        var callee =
                callee(stream -> {
                    CircuitCodec.readStop(stream);
                    CircuitCodec.write(stream, new StopMessage.Answer(RelayStatus.OK));
                    var chunk = new byte[64 << 10];
                    while (true) {
                        stream.write(chunk, 0, chunk.length); // Until it is reset.
                    }
                });
        var caller = hosts.peer();
        hosts.connectRelay(caller);
        var channel =
                caller.client()
                        .dial(
                                hosts.circuit(callee).withoutPeer(),
                                callee.host().peerId(),
                                TestHosts.LIMIT);
        assertThat(hosts.relay.circuits()).isEqualTo(1);
        Eventually.holds("the circuit ends", () -> hosts.relay.circuits() == 0);
        channel.close();
        assertServesOthers();
    }
}
