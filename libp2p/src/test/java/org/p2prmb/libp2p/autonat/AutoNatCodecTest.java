package org.p2prmb.libp2p.autonat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialStatus;
import org.p2prmb.libp2p.autonat.AutoNatMessage.Status;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

final class AutoNatCodecTest {
    /// Written by hand from the field numbers of the specification.
    @Test
    void messagesAreThoseOfTheSpecification() throws ProtocolException {
        var address = Bytes.hex("04c0000201060fa1");
        assertWire(
                "0a13" + "0a08" + "04c0000201060fa1" + "110807060504030201",
                new AutoNatMessage.DialRequest(List.of(address), 0x0102030405060708L));
        assertWire("1a06" + "0802" + "10b0ea01", new AutoNatMessage.DialDataRequest(2, 30_000));
        assertWire(
                "2204" + "0a02" + "abcd", new AutoNatMessage.DialDataResponse(Bytes.hex("abcd")));
        assertWire(
                "1208" + "08c801" + "1001" + "18c801",
                new AutoNatMessage.DialResponse(Status.OK, 1, DialStatus.OK));
    }

    private static void assertWire(String hex, AutoNatMessage message) throws ProtocolException {
        assertThat(Bytes.wrap(AutoNatCodec.encode(message))).isEqualTo(Bytes.hex(hex));
        assertThat(AutoNatCodec.decode(Bytes.hex(hex).toArray())).isEqualTo(message);
    }

    /// proto3 leaves zeros out.
    @Test
    void whatIsLeftOutIsZero() throws ProtocolException {
        assertThat(AutoNatCodec.decode(Bytes.hex("1200").toArray()))
                .isEqualTo(AutoNatMessage.DialResponse.refused(Status.INTERNAL_ERROR));
        assertThat(AutoNatCodec.decode(Bytes.hex("1a03" + "10e807").toArray()))
                .isEqualTo(new AutoNatMessage.DialDataRequest(0, 1000));
    }

    @Test
    void everyMessageComesBack() {
        Seeds.forEach(
                300,
                random -> {
                    var message = message(random);
                    assertThat(AutoNatCodec.decode(AutoNatCodec.encode(message)))
                            .isEqualTo(message);
                });
    }

    @Test
    void mutantsAreReadOrRefusedAndNothingElse() {
        Seeds.forEach(
                2000,
                random -> {
                    var mutant = Seeds.mutate(random, AutoNatCodec.encode(message(random)));
                    try {
                        var read = AutoNatCodec.decode(mutant);
                        assertThat(AutoNatCodec.decode(AutoNatCodec.encode(read))).isEqualTo(read);
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                });
    }

    private static AutoNatMessage message(RandomGenerator random) {
        return switch (random.nextInt(4)) {
            case 0 ->
                    new AutoNatMessage.DialRequest(
                            Stream.generate(() -> Bytes.wrap(Seeds.bytes(random, 8)))
                                    .limit(random.nextInt(AutoNatCodec.ADDRESSES_MAX + 1))
                                    .toList(),
                            random.nextLong());
            case 1 ->
                    new AutoNatMessage.DialDataRequest(
                            random.nextInt(AutoNatCodec.ADDRESSES_MAX), random.nextInt(200_000));
            case 2 ->
                    new AutoNatMessage.DialDataResponse(
                            Bytes.wrap(Seeds.bytes(random, random.nextInt(4097))));
            default ->
                    new AutoNatMessage.DialResponse(
                            Status.values()[random.nextInt(4)],
                            random.nextInt(AutoNatCodec.ADDRESSES_MAX),
                            DialStatus.values()[random.nextInt(4)]);
        };
    }

    @Test
    void whatIsTooMuchOrNothingIsRefused() {
        var refused =
                List.of(
                        "",
                        "ff",
                        "0a02" + "0a7f",
                        "0a66" + "0a00".repeat(51),
                        "1a02" + "0832",
                        "1a06" + "08ffffffff0f",
                        "1a0b" + "10ffffffffffffffffff01",
                        "22848020" + "0a" + "818020" + "00".repeat(0x80001));
        for (var hex : refused) {
            assertThatThrownBy(() -> AutoNatCodec.decode(Bytes.hex(hex).toArray()))
                    .as(hex.substring(0, Math.min(20, hex.length())))
                    .isInstanceOf(ProtocolException.class);
        }
    }
}
