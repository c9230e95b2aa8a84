package org.p2prmb.libp2p.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.RawPair;
import org.p2prmb.libp2p.transport.WrappedChannel;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;

/// Fuzz targets of the two readers of a WebSocket; the default build replays the seeds beside it.
final class WebSocketFuzzTest {
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/127.0.0.1/tcp/1/ws");

    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();

    /// A server reads an upgrade and then frames.
    @FuzzTest(maxDuration = "1m")
    void stream(byte[] data) throws IOException {
        read(data, (input, under) -> Upgrade.answer(input, under::write));
    }

    @FuzzTest(maxDuration = "1m")
    void frames(byte[] data) throws IOException {
        read(data, (_, _) -> {});
    }

    private void read(byte[] data, WebSocketChannel.Opening opening) throws IOException {
        var pair = RawPair.create();
        pair.dialer().write(data, 0, data.length);
        var server =
                new WebSocketChannel(
                        new EndsAfter(pair.listener()),
                        ADDRESS,
                        ADDRESS,
                        opening,
                        false,
                        random,
                        pool);
        var total = 0;
        var buffer = new byte[64];
        try {
            for (int count; (count = server.read(buffer, 0, buffer.length)) >= 0; ) {
                total += count;
            }
        } catch (ProtocolException | EOFException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
        assertThat(total).isLessThanOrEqualTo(data.length);
    }

    /// What was written, and then the end.
    private record EndsAfter(RawChannel under) implements WrappedChannel {
        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return under.idle() ? -1 : under.read(into, offset, length);
        }
    }
}
