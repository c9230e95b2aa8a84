package org.p2prmb.libp2p.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.EndsAfter;
import org.p2prmb.libp2p.transport.RawPair;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/// Fuzz targets of the readers of a WebSocket, server and client.
///
/// The default build replays the seeds beside it.
final class WebSocketFuzzTest {
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/127.0.0.1/tcp/1/ws");

    /// Whoever makes up an answer must know the key of the request.
    private static final SecureRandom NO_CHANCE =
            new SecureRandom() {
                @Override
                public void nextBytes(byte[] bytes) {
                    Arrays.fill(bytes, (byte) 0);
                }
            };

    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();

    /// A server reads an upgrade and then frames.
    @FuzzTest(maxDuration = "1m")
    void stream(byte[] data) throws IOException {
        read(data, false, (input, under) -> Upgrade.answer(input, under::write));
    }

    @FuzzTest(maxDuration = "1m")
    void frames(byte[] data) throws IOException {
        read(data, false, (_, _) -> {});
    }

    static Stream<byte[]> answers() {
        var accepted =
                """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: %s\r
                \r
                """
                        .formatted(
                                Upgrade.accept(Base64.getEncoder().encodeToString(new byte[16])));
        return Stream.of(accepted + "\u0002\u0001a", "HTTP/1.1 403 Forbidden\r\n\r\n")
                .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /// A client reads the answer to its request and then frames.
    @MethodSource("answers")
    @FuzzTest(maxDuration = "1m")
    void answer(byte[] data) throws IOException {
        read(
                data,
                true,
                (input, under) -> Upgrade.request(input, under::write, "localhost", NO_CHANCE));
    }

    static List<byte[]> serverFrames() {
        return List.of(
                new byte[] {(byte) 0x82, 3, 1, 2, 3, (byte) 0x89, 0, (byte) 0x88, 0},
                new byte[] {2, 1, 1, (byte) 0x80, 1, 2});
    }

    @MethodSource("serverFrames")
    @FuzzTest(maxDuration = "1m")
    void framesOfAServer(byte[] data) throws IOException {
        read(data, true, (_, _) -> {});
    }

    private void read(byte[] data, boolean client, WebSocketChannel.Opening opening)
            throws IOException {
        var pair = RawPair.create();
        pair.dialer().write(data, 0, data.length);
        var reader =
                new WebSocketChannel(
                        new EndsAfter(pair.listener()),
                        ADDRESS,
                        ADDRESS,
                        opening,
                        client,
                        random,
                        pool);
        var total = 0;
        var buffer = new byte[64];
        try {
            for (int count; (count = reader.read(buffer, 0, buffer.length)) >= 0; ) {
                total += count;
            }
        } catch (ProtocolException | EOFException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        assertThat(total).isLessThanOrEqualTo(data.length);
    }
}
