package org.p2prmb.libp2p.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

final class FramesTest {
    private static final int MAX = 100_000;

    @Test
    void framesComeBackInOrderAndThenTheEnd() {
        Seeds.forEach(
                50,
                random -> {
                    var stream = new Tape(new byte[0], 1);
                    var bodies = new ArrayList<byte[]>();
                    for (int count = random.nextInt(5); count > 0; count--) {
                        bodies.add(Seeds.bytes(random, random.nextInt(MAX + 1)));
                        Frames.write(stream, bodies.getLast());
                    }
                    assertThat(stream.writes).isEqualTo(bodies.size());
                    var reader = new Tape(stream.written.toByteArray(), random.nextInt(1, 40_000));
                    for (var body : bodies) {
                        assertThat(Frames.read(reader, MAX)).isEqualTo(body);
                    }
                    assertThat(Frames.readOrEnd(reader, MAX)).isEmpty();
                    assertThatThrownBy(() -> Frames.read(reader, MAX))
                            .isInstanceOf(EOFException.class);
                });
    }

    @Test
    @DisplayName("GHSA-xqvc-92cf-94j4, CL-2020-07: a length is believed")
    void aLengthAboveTheLimitIsRefusedBeforeItIsAllocated() {
        for (long length : List.of(MAX + 1L, 1L << 31, 1L << 62, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> Frames.read(new Tape(Varint.encode(length), 9), MAX))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("at most");
        }
    }

    @Test
    void aLengthThatIsNoVarintIsRefused() {
        for (var hex : List.of("8100", "80808080808080808001", "ffffffffffffffffff")) {
            assertThatThrownBy(() -> Frames.read(new Tape(Bytes.hex(hex).toArray(), 9), MAX))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void aCutFrameIsNoCleanEnd() {
        for (var hex : List.of("80", "05", "0501020304")) {
            assertThatThrownBy(() -> Frames.readOrEnd(new Tape(Bytes.hex(hex).toArray(), 9), MAX))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anEmptyFrameIsAFrame() throws IOException {
        assertThat(Frames.read(new Tape(new byte[1], 1), 0)).isEmpty();
    }

    /// A stream that plays what it was given, at most `step` bytes a read, and records writes.
    private static final class Tape implements Stream {
        final ByteArrayOutputStream written = new ByteArrayOutputStream();
        int writes;
        private final ByteArrayInputStream played;
        private final int step;

        Tape(byte[] played, int step) {
            this.played = new ByteArrayInputStream(played);
            this.step = step;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return played.read(into, offset, Math.min(length, step));
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            written.write(from, offset, length);
            writes++;
        }

        @Override
        public Connection connection() {
            throw new IllegalStateException("a tape has no connection");
        }

        @Override
        public String protocol() {
            return "/tape";
        }

        @Override
        public void deadline(Duration limit) {}

        @Override
        public void closeWrite() {}

        @Override
        public void reset() {}

        @Override
        public void close() {}
    }
}
