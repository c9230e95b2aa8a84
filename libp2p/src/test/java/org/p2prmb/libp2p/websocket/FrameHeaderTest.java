package org.p2prmb.libp2p.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.websocket.FrameHeader.Opcode;

import java.util.HexFormat;
import java.util.List;

final class FrameHeaderTest {
    private static FrameHeader decode(String hex) throws ProtocolException {
        var bytes = HexFormat.of().parseHex(hex);
        assertThat(FrameHeader.size(bytes[0], bytes[1])).isEqualTo(bytes.length);
        return FrameHeader.decode(bytes, 0);
    }

    /// The examples of RFC 6455, section 5.7.
    @Test
    void examplesOfTheRfc() throws ProtocolException {
        assertThat(decode("8105")).isEqualTo(header(true, Opcode.TEXT, 5));
        assertThat(decode("818537fa213d"))
                .isEqualTo(new FrameHeader(true, Opcode.TEXT, 5, true, 0x37fa213d));
        assertThat(decode("0103")).isEqualTo(header(false, Opcode.TEXT, 3));
        assertThat(decode("8002")).isEqualTo(header(true, Opcode.CONTINUATION, 2));
        assertThat(decode("8905")).isEqualTo(header(true, Opcode.PING, 5));
        assertThat(decode("827e0100")).isEqualTo(header(true, Opcode.BINARY, 256));
        assertThat(decode("827f0000000000010000")).isEqualTo(header(true, Opcode.BINARY, 65_536));
    }

    private static FrameHeader header(boolean last, Opcode opcode, long length) {
        return new FrameHeader(last, opcode, length, false, 0);
    }

    @Test
    void whatIsWrittenReadsBack() {
        Seeds.forEach(
                500,
                seed -> {
                    var opcode = List.of(Opcode.BINARY, Opcode.CONTINUATION).get(seed.nextInt(2));
                    var masked = seed.nextBoolean();
                    var header =
                            new FrameHeader(
                                    seed.nextBoolean(),
                                    opcode,
                                    seed.nextLong(1L << seed.nextInt(28)),
                                    masked,
                                    masked ? seed.nextInt() : 0);
                    var bytes = new byte[3 + FrameHeader.BYTES_MAX];
                    var end = header.write(bytes, 3);

                    assertThat(FrameHeader.size(bytes[3], bytes[4])).isEqualTo(end - 3);
                    assertThat(FrameHeader.decode(bytes, 3)).isEqualTo(header);
                });
    }

    @Test
    void framesThatBreakTheRulesAreRefused() {
        for (var hex :
                List.of(
                        "c205", // A reserved bit.
                        "9205",
                        "8305", // Opcodes that mean nothing.
                        "8b05",
                        "0900", // A part of a ping.
                        "897e0080", // A ping of 128 bytes.
                        "827e007d", // Lengths that are not in their shortest form.
                        "827f000000000000ffff",
                        "827f0000000010000001", // 2^28 + 1
                        "827fffffffffffffffff")) {
            assertThatThrownBy(() -> decode(hex)).as(hex).isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void maskingIsUndoneInPiecesOfAnySize() {
        var payload = HexFormat.of().parseHex("7f9f4d5158");
        Mask.apply(0x37fa213d, 0, payload, 0, payload.length);
        assertThat(Bytes.wrap(payload)).isEqualTo(Bytes.utf8("Hello"));

        Seeds.forEach(
                200,
                seed -> {
                    var plain = Seeds.bytes(seed, seed.nextInt(100));
                    var key = seed.nextInt();
                    var masked = plain.clone();
                    Mask.apply(key, 0, masked, 0, masked.length);
                    for (var at = 0; at < masked.length; ) {
                        var size = 1 + seed.nextInt(masked.length - at);
                        Mask.apply(key, at, masked, at, size);
                        at += size;
                    }
                    assertThat(masked).isEqualTo(plain);
                });
    }
}
