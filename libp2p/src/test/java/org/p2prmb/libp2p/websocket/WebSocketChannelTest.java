package org.p2prmb.libp2p.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.RawPair;
import org.p2prmb.libp2p.transport.WrappedChannel;
import org.p2prmb.libp2p.websocket.FrameHeader.Opcode;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
final class WebSocketChannelTest {
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/127.0.0.1/tcp/1/ws");

    private final SecureRandom random = new SecureRandom();
    private final BufferPool pool = new BufferPool();
    private final RawPair pair = RawPair.create();
    private final WebSocketChannel client = channel(pair.dialer(), true);
    private final WebSocketChannel server = channel(pair.listener(), false);

    /// Past its upgrade.
    private WebSocketChannel channel(RawChannel under, boolean asClient) {
        return new WebSocketChannel(under, ADDRESS, ADDRESS, (_, _) -> {}, asClient, random, pool);
    }

    /// Sends a frame to the server past the client's channel, masked unless `key` is 0.
    private void send(boolean last, Opcode opcode, int key, byte... payload) throws IOException {
        var frame = new byte[payload.length + FrameHeader.BYTES_MAX];
        var at = new FrameHeader(last, opcode, payload.length, key != 0, key).write(frame, 0);
        System.arraycopy(payload, 0, frame, at, payload.length);
        Mask.apply(key, 0, frame, at, payload.length);
        pair.dialer().write(frame, 0, at + payload.length);
    }

    /// What the server sent beneath its frames.
    private byte[] received(int size) throws IOException {
        var bytes = new byte[size];
        for (var filled = 0; filled < size; ) {
            var count = pair.dialer().read(bytes, filled, size - filled);
            if (count < 0) {
                throw new EOFException();
            }
            filled += count;
        }
        return bytes;
    }

    private byte[] read(int size) throws IOException {
        var bytes = new byte[size];
        for (var filled = 0; filled < size; ) {
            var count = server.read(bytes, filled, size - filled);
            assertThat(count).isPositive();
            filled += count;
        }
        return bytes;
    }

    @Test
    void bytesArriveInBothDirectionsWhateverTheirPieces() {
        Seeds.forEach(
                40,
                seed -> {
                    var message = Seeds.bytes(seed, 1 + seed.nextInt(300_000));
                    exchange(client, server, message, 1 + seed.nextInt(70_000));
                    exchange(server, client, message, 1 + seed.nextInt(70_000));
                });
    }

    private static void exchange(RawChannel from, RawChannel to, byte[] message, int piece)
            throws IOException {
        from.write(message, 0, message.length);
        var back = new byte[message.length];
        for (var filled = 0; filled < back.length; ) {
            filled += to.read(back, filled, Math.min(piece, back.length - filled));
        }
        assertThat(back).isEqualTo(message);
    }

    /// Who sends that, and then nothing, would else have a reader wait with its large buffer.
    @Test
    void theBeginningOfAFrameIsNothingToRead() throws IOException {
        var frame = new byte[FrameHeader.BYTES_MAX + 1];
        var size = 1 + new FrameHeader(true, Opcode.BINARY, 1, true, 5).write(frame, 0);
        for (var here = 1; here <= size; here++) {
            send(true, Opcode.BINARY, 3, (byte) 4);
            pair.dialer().write(frame, 0, here);
            read(1);
            assertThat(server.idle()).isEqualTo(here < size);
            pair.dialer().write(frame, here, size - here);
            read(1);
            assertThat(server.idle()).isTrue();
        }
        send(true, Opcode.BINARY, 3, (byte) 4);
        pair.dialer().write(new byte[] {(byte) 0x89, (byte) 0x85, 0, 0, 0, 0, 1}, 0, 7);
        read(1);
        assertThat(server.idle()).isTrue();
    }

    @Test
    void theUpgradeRunsOnceAtTheFirstUse() throws IOException {
        var runs = new AtomicInteger();
        var channels = RawPair.create();
        var lazy =
                new WebSocketChannel(
                        channels.dialer(),
                        ADDRESS,
                        ADDRESS,
                        (_, _) -> runs.incrementAndGet(),
                        true,
                        random,
                        pool);
        assertThat(runs).hasValue(0);

        lazy.write(new byte[3], 0, 3);
        lazy.write(new byte[3], 0, 3);

        assertThat(runs).hasValue(1);
    }

    @Test
    void messagesMayComeInPartsWithPingsBetween() throws IOException {
        send(false, Opcode.BINARY, 7, (byte) 1, (byte) 2);
        send(true, Opcode.PING, 9, (byte) 42);
        send(false, Opcode.CONTINUATION, 8);
        send(true, Opcode.CONTINUATION, 11, (byte) 3);
        send(true, Opcode.PONG, 5, (byte) 6);
        send(true, Opcode.BINARY, 3, (byte) 4);

        assertThat(read(4)).containsExactly(1, 2, 3, 4);
        assertThat(received(3)).containsExactly(0x8a, 1, 42);
    }

    @Test
    void aCloseIsAnsweredAndIsTheEnd() throws IOException {
        send(true, Opcode.BINARY, 3, (byte) 4);
        send(true, Opcode.CLOSE, 3, (byte) 3, (byte) 0xe8);

        assertThat(read(1)).containsExactly(4);
        assertThat(server.read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThat(received(4)).containsExactly(0x88, 2, 3, 0xe8);
    }

    @Test
    void aTextIsRefusedWithItsCode() throws IOException {
        send(true, Opcode.TEXT, 3, (byte) 'a');

        assertThatThrownBy(() -> server.read(new byte[1], 0, 1))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("text");
        assertThat(received(4)).containsExactly(0x88, 2, 3, 0xeb);
    }

    @Test
    void aFrameWithoutAMaskIsRefusedByTheServer() throws IOException {
        send(true, Opcode.BINARY, 0, (byte) 1);
        assertRefused("wrong side");
    }

    @Test
    void aPartWithoutABeginningIsRefused() throws IOException {
        send(true, Opcode.CONTINUATION, 7, (byte) 1);
        assertRefused("another message");
    }

    @Test
    void aMessageInsideAnotherIsRefused() throws IOException {
        send(false, Opcode.BINARY, 7);
        send(true, Opcode.BINARY, 7, (byte) 1);
        assertRefused("another message");
    }

    private void assertRefused(String because) throws IOException {
        assertThatThrownBy(() -> server.read(new byte[1], 0, 1))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(because);
        assertThat(received(4)).containsExactly(0x88, 2, 3, 0xea);
    }

    @Test
    void anEndInsideAFrameIsAnErrorAndBetweenFramesTheEnd() throws IOException {
        pair.dialer().write(new byte[] {(byte) 0x82, (byte) 0x85, 0, 0, 0, 0, 1}, 0, 7);
        pair.dialer().close();

        assertThat(server.read(new byte[9], 0, 9)).isEqualTo(1);
        assertThatThrownBy(() -> server.read(new byte[9], 0, 9)).isInstanceOf(EOFException.class);
        var other = RawPair.create();
        other.dialer().close();
        assertThat(channel(other.listener(), false).read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    /// py-libp2p#1082: the peer closes while the muxer still writes.
    @Test
    @DisplayName("py-libp2p#1082, rust-libp2p#2598, polkadot-sdk#10479: writes after the end")
    void py1082AWriteToWhoHasClosedFails() throws IOException {
        send(true, Opcode.CLOSE, 3);
        assertThat(server.read(new byte[1], 0, 1)).isEqualTo(-1);
        pair.dialer().close();

        assertThatThrownBy(() -> server.write(new byte[9], 0, 9)).isInstanceOf(IOException.class);
    }

    /// A reader that answered pings itself would wait for the writer, which waits for the remote.
    @Test
    void pingsAreReadWhileOurWriterIsStuck() throws Exception {
        var stuck = new CompletableFuture<Void>();
        var writing = new CompletableFuture<Void>();
        var under = new StuckWrites(pair.listener(), writing, stuck);
        var busy = channel(under, false);
        var writer = Thread.ofVirtual().start(() -> writeQuietly(busy));
        writing.join();

        for (var i = 0; i < 1000; i++) {
            send(true, Opcode.PING, 7, (byte) i);
        }
        send(true, Opcode.BINARY, 7, (byte) 5);
        var one = new byte[1];
        assertThat(busy.read(one, 0, 1)).isEqualTo(1);
        assertThat(one).containsExactly(5);

        stuck.complete(null);
        writer.join();
        assertThat(received(3 + 3)).startsWith(0x82, 1, 9, 0x8a, 1).endsWith((byte) 999);
    }

    private static void writeQuietly(WebSocketChannel channel) {
        try {
            channel.write(new byte[] {9}, 0, 1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// Writes wait until they may go on.
    private record StuckWrites(
            RawChannel under, CompletableFuture<Void> writing, CompletableFuture<Void> stuck)
            implements WrappedChannel {
        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            writing.complete(null);
            stuck.join();
            under.write(from, offset, length);
        }
    }
}
