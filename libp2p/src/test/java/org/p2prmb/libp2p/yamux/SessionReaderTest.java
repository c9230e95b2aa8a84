package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;
import java.util.Optional;

@Timeout(60)
final class SessionReaderTest {
    private static final int BODY = 20 << 10;

    private final MemoryChannels.Pair channels = MemoryChannels.pair(SessionPair.PIPE_BYTES);
    private final Watched watched = new Watched(channels.listener());

    /// Who sends a little too much for the small buffer, now and then, would else have us hold a
    /// chunk all the time.
    @Test
    void betweenTwoBurstsNoChunkIsHeld() throws Exception {
        var side = new SessionPair.Side(watched, false, YamuxConfig.defaults());
        for (var burst = 1; burst <= 3; burst++) {
            var bytes = new byte[Header.BYTES + BODY];
            var flags = burst == 1 ? Header.SYN : 0;
            Header.data(flags, 1, BODY).encode(bytes, 0);
            channels.dialer().write(bytes, 0, bytes.length);

            var all = burst * (long) bytes.length;
            Eventually.holds("it waits again", () -> watched.waitsAfter(all));
            assertThat(watched.heldInWait()).isLessThanOrEqualTo(4 << 10);
        }
        var stream = side.accept();
        for (var left = 3 * BODY; left > 0; ) {
            left -= stream.read(new byte[left], 0, left);
        }
        side.session.close();
    }

    /// Notes how large a buffer the reader offers when it has to wait.
    private static final class Watched implements SecureChannel {
        private final SecureChannel under;
        private long bytes;
        private int held = -1;

        Watched(SecureChannel under) {
            this.under = under;
        }

        synchronized boolean waitsAfter(long count) {
            return bytes == count && held >= 0;
        }

        synchronized int heldInWait() {
            return held;
        }

        private synchronized void begins(int offered) {
            held = under.idle() ? offered : -1;
        }

        private synchronized void ended(int count) {
            held = -1;
            bytes += count;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            begins(length);
            var count = under.read(into, offset, length);
            ended(count);
            return count;
        }

        @Override
        public boolean idle() {
            return under.idle();
        }

        @Override
        public boolean buffered() {
            return under.buffered();
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            under.write(from, offset, length);
        }

        @Override
        public PublicKey remotePublicKey() {
            return under.remotePublicKey();
        }

        @Override
        public Optional<String> muxer() {
            return under.muxer();
        }

        @Override
        public void close() {
            under.close();
        }
    }
}
