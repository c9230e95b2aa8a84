package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.ProtocolException;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;

/// Every frame of the vector file, read and written, and what a machine makes of the wrong ones.
final class YamuxVectorsTest {
    private static final Map<String, Header> VALID =
            Map.ofEntries(
                    Map.entry(
                            "open stream 1 by window update SYN, +0",
                            Header.windowUpdate(Header.SYN, 1, 0)),
                    Map.entry("data stream 1, 5 bytes hello", Header.data(0, 1, 5)),
                    Map.entry("ack stream 1", Header.windowUpdate(Header.ACK, 1, 0)),
                    Map.entry("fin stream 1", Header.windowUpdate(Header.FIN, 1, 0)),
                    Map.entry("rst stream 1", Header.windowUpdate(Header.RST, 1, 0)),
                    Map.entry(
                            "rst stream 1 error code 0x1001",
                            Header.windowUpdate(Header.RST, 1, 0x1001)),
                    Map.entry("ping SYN opaque 7", Header.ping(Header.SYN, 7)),
                    Map.entry("pong ACK opaque 7", Header.ping(Header.ACK, 7)),
                    Map.entry("go away normal", Header.goAway(0)),
                    Map.entry("go away protocol error", Header.goAway(1)),
                    Map.entry("go away internal error", Header.goAway(2)));

    static Stream<String> names() {
        return Vectors.at("yamux", "frames").propertyStream().map(Map.Entry::getKey);
    }

    static Stream<String> wrongNames() {
        return names().filter(name -> name.startsWith("NEGATIVE"));
    }

    private static byte[] frame(String name) {
        return HexFormat.of().parseHex(Vectors.at("yamux", "frames").get(name).asText());
    }

    @Test
    void everyVectorIsTested() {
        assertThat(names().filter(name -> !name.startsWith("NEGATIVE")))
                .containsExactlyInAnyOrderElementsOf(VALID.keySet());
        assertThat(wrongNames()).hasSize(7);
    }

    @ParameterizedTest
    @MethodSource("validNames")
    void headersAreReadAndWrittenAsTheSpecificationSays(String name) throws ProtocolException {
        var bytes = frame(name);
        var header = VALID.get(name);
        var written = bytes.clone();
        header.encode(written, 0);

        assertThat(Header.decode(bytes, 0)).isEqualTo(header);
        assertThat(written).isEqualTo(bytes);
    }

    static Stream<String> validNames() {
        return VALID.keySet().stream();
    }

    /// The vectors have stream 1 of a dialer, so the machine is a listener's.
    @ParameterizedTest
    @MethodSource("wrongNames")
    void aFrameThatBreaksARuleEndsTheSessionWithAProtocolError(String name) {
        var bytes = frame(name);
        if (name.contains("version") || name.contains("type")) {
            assertThatThrownBy(() -> Header.decode(bytes, 0)).isInstanceOf(ProtocolException.class);
            return;
        }
        var peer = new MachineRig(false);
        // The window updates and the huge body are for a stream that lives.
        if (!name.contains("SYN")) {
            peer.receive(Header.windowUpdate(Header.SYN, 1, 0));
        }
        for (var offset = 0; offset + Header.BYTES <= bytes.length; offset += Header.BYTES) {
            peer.receive(decoded(bytes, offset));
        }

        assertThat(peer.closed()).isTrue();
        assertThat(peer.frames()).containsExactly(Header.goAway(YamuxMachine.PROTOCOL_ERROR));
        assertThat(peer.machine.nextTick()).isEqualTo(Instant.MAX);
    }

    private static Header decoded(byte[] bytes, int offset) {
        try {
            return Header.decode(bytes, offset);
        } catch (ProtocolException e) {
            throw new AssertionError(e);
        }
    }
}
