package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.CircuitLimit;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

final class CircuitCodecTest {
    private static final PeerId PEER =
            PeerId.parse("12D3KooWBgYK7HHWzEnVkSJ4uMjEeCNjABDGhVWT7hWH4bJMkRES");
    private static final CircuitLimit LIMIT = new CircuitLimit(Duration.ofMinutes(2), 128 << 10);

    /// The body of a vector with its length in front.
    private static byte[] body(String vector) {
        var framed = Vectors.bytes(Vectors.at("messages"), vector);
        assertThat(framed.size()).isEqualTo(framed.at(0) + 1);
        return framed.slice(1, framed.size()).toArray();
    }

    @Test
    void messagesAreThoseOfTheVectors() throws ProtocolException {
        assertThat(CircuitCodec.decodeHop(body("hop_reserve"))).isEqualTo(new HopMessage.Reserve());
        assertThat(CircuitCodec.encode(new HopMessage.Reserve())).isEqualTo(body("hop_reserve"));
        var ok = HopMessage.Answer.of(RelayStatus.OK);
        assertThat(CircuitCodec.decodeHop(body("hop_status_ok"))).isEqualTo(ok);
        assertThat(CircuitCodec.encode(ok)).isEqualTo(body("hop_status_ok"));
        var connect = CircuitCodec.decodeHop(body("hop_connect"));
        assertThat(connect).isInstanceOf(HopMessage.Connect.class);
        assertThat(CircuitCodec.encode(connect)).isEqualTo(body("hop_connect"));
        var stop = (StopMessage.Connect) CircuitCodec.decodeStop(body("stop_connect"));
        assertThat(stop.limit()).isEqualTo(LIMIT);
        assertThat(CircuitCodec.encode(stop)).isEqualTo(body("stop_connect"));
    }

    @Test
    void theVoucherOfTheVectorsIsOpened() throws ProtocolException {
        var vector = Vectors.at("envelopes", "vectors", "relay_voucher");
        var voucher = Voucher.open(Vectors.bytes(vector, "envelope"));
        assertThat(voucher.expires()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
    }

    @Test
    void everyMessageComesBack() {
        var keys = KeyPair.generate(new SecureRandom());
        Seeds.forEach(
                300,
                random -> {
                    var hop = hop(random, keys);
                    assertThat(CircuitCodec.decodeHop(CircuitCodec.encode(hop))).isEqualTo(hop);
                    assertThat(CircuitCodec.encode(hop))
                            .hasSizeLessThan(CircuitCodec.MESSAGE_BYTES_MAX);
                    var stop = stop(random);
                    assertThat(CircuitCodec.decodeStop(CircuitCodec.encode(stop))).isEqualTo(stop);
                });
    }

    @Test
    void mutantsAreReadOrRefusedAndNothingElse() {
        var keys = KeyPair.generate(new SecureRandom());
        Seeds.forEach(
                2000,
                random -> {
                    var bytes = Seeds.mutate(random, CircuitCodec.encode(hop(random, keys)));
                    try {
                        var read = CircuitCodec.decodeHop(bytes);
                        assertThat(CircuitCodec.decodeHop(CircuitCodec.encode(read)))
                                .isEqualTo(read);
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                    var stopBytes = Seeds.mutate(random, CircuitCodec.encode(stop(random)));
                    try {
                        assertThat(CircuitCodec.decodeStop(stopBytes)).isNotNull();
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                });
    }

    private static HopMessage hop(RandomGenerator random, KeyPair keys) {
        return switch (random.nextInt(3)) {
            case 0 -> new HopMessage.Reserve();
            case 1 -> new HopMessage.Connect(PEER);
            default ->
                    new HopMessage.Answer(
                            status(random),
                            random.nextBoolean()
                                    ? Optional.empty()
                                    : Optional.of(reservation(random, keys)),
                            limit(random));
        };
    }

    private static Reservation reservation(RandomGenerator random, KeyPair keys) {
        var expires = Instant.ofEpochSecond(random.nextInt(0, Integer.MAX_VALUE));
        var voucher = new Voucher(keys.peerId(), PEER, expires).seal(keys);
        return new Reservation(
                expires,
                random.ints(random.nextInt(CircuitCodec.ADDRESSES_MAX), 1, 65_536)
                        .mapToObj(port -> Multiaddr.parse("/ip4/192.0.2.1/tcp/" + port))
                        .toList(),
                random.nextBoolean() ? voucher : Bytes.EMPTY);
    }

    private static StopMessage stop(RandomGenerator random) {
        return random.nextBoolean()
                ? new StopMessage.Connect(PEER, limit(random))
                : new StopMessage.Answer(status(random));
    }

    private static RelayStatus status(RandomGenerator random) {
        return RelayStatus.values()[random.nextInt(RelayStatus.values().length)];
    }

    private static CircuitLimit limit(RandomGenerator random) {
        return random.nextBoolean()
                ? CircuitLimit.NONE
                : new CircuitLimit(
                        Duration.ofSeconds(random.nextInt(10_000)), random.nextLong(1L << 40));
    }

    @Test
    void whatIsNoMessageIsRefused() {
        for (var hex : List.of("0803", "0801", "0801" + "1200", "0801" + "12020a00", "ff")) {
            assertThatThrownBy(() -> CircuitCodec.decodeHop(Bytes.hex(hex).toArray()))
                    .as(hex)
                    .isInstanceOf(ProtocolException.class);
        }
        for (var hex : List.of("0802", "", "0800", "08001200", "ff")) {
            assertThatThrownBy(() -> CircuitCodec.decodeStop(Bytes.hex(hex).toArray()))
                    .as(hex)
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void aTimeThatIsNoneIsRefused() {
        // STATUS OK with a reservation until the second 2^63.
        var hex = "0802" + "1a0b" + "0880808080808080808001" + "2864";
        assertThatThrownBy(() -> CircuitCodec.decodeHop(Bytes.hex(hex).toArray()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("time");
    }

    @Test
    void numbersAboveOursAreAsGoodAsNoLimit() throws ProtocolException {
        // Both numbers at their unsigned maximum.
        var hex = "0802" + "2211" + "08ffffffff0f" + "10ffffffffffffffffff01" + "2864";
        var answer = (HopMessage.Answer) CircuitCodec.decodeHop(Bytes.hex(hex).toArray());
        assertThat(answer.limit().duration()).isEqualTo(Duration.ofSeconds(0xffffffffL));
        assertThat(answer.limit().bytesMax()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aStatusThatNobodyKnowsIsNotOk() throws ProtocolException {
        var answer = (HopMessage.Answer) CircuitCodec.decodeHop(Bytes.hex("080228e707").toArray());
        assertThat(answer.status()).isEqualTo(RelayStatus.UNUSED);
    }

    @Test
    void aVoucherIsSignedByItsRelayAndNobodyElse() {
        var relay = KeyPair.generate(new SecureRandom());
        var other = KeyPair.generate(new SecureRandom());
        var voucher = new Voucher(relay.peerId(), PEER, Instant.EPOCH);
        assertThatThrownBy(() -> voucher.seal(other)).isInstanceOf(IllegalArgumentException.class);
        var sealed = voucher.seal(relay).toArray();
        sealed[sealed.length - 1] ^= 1;
        assertThatThrownBy(() -> Voucher.open(Bytes.wrap(sealed)))
                .isInstanceOf(ProtocolException.class);
    }
}
