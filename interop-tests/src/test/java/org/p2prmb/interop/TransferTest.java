package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Stream;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Streams much longer than any window, in both directions at once.
@PeerProgram.Needed(PeerProgram.RUST)
final class TransferTest {
    private static final String MIRROR = "/rmb-test/mirror/1.0.0";
    private static final int LARGE = 64 * 1024 * 1024;
    private static final int STREAMS = 16;
    private static final int CHUNK = 64 * 1024;

    @ParameterizedTest
    @CsvSource({"JAVA, 0", "JAVA, 1", "JAVA, 67108864", "RUST, 67108864"})
    void whatWeSendIsMirrored(Dialer dialer, int bytes) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            try (var stream = connection.open(List.of(MIRROR), Arrivals.PATIENCE)) {
                assertThat(mirrored(stream, bytes, 1)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"JAVA, 0", "JAVA, 1", "JAVA, 67108864", "RUST, 67108864"})
    void whatTheRustPeerSendsIsMirrored(Dialer dialer, int bytes) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            java.host().handle(MIRROR, TransferTest::mirror);
            dialer.connect(java, rust);

            var answer =
                    rust.ask("transfer", Map.of("peer", java.peerId().toString(), "bytes", bytes));

            assertThat(answer.get("bytes").asInt()).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyStreamsShareAConnection(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var connection = dialer.connect(java, rust);
            var transfers = new ArrayList<Future<Boolean>>();
            for (var number = 0; number < STREAMS; number++) {
                var stream = opened(connection);
                var seed = number;
                transfers.add(threads.submit(() -> mirrored(stream, LARGE / STREAMS, seed)));
            }
            for (var transfer : transfers) {
                assertThat(transfer.get(Arrivals.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    /// A stream that the Rust peer has taken up: of several at once it drops some.
    private static Stream opened(Connection connection) throws IOException {
        var stream = connection.open(List.of(MIRROR), Arrivals.PATIENCE);
        stream.deadline(Arrivals.PATIENCE);
        var first = new byte[] {42};
        stream.write(first, 0, 1);
        assertThat(stream.read(first, 0, 1)).isOne();
        assertThat(first).containsExactly(42);
        return stream;
    }

    /// Sends random bytes and tells whether the same ones came back.
    private static boolean mirrored(Stream stream, int bytes, long seed)
            throws IOException, InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            stream.deadline(Arrivals.PATIENCE);
            var sent = threads.submit(() -> send(stream, bytes, new SplittableRandom(seed)));
            return receive(stream).equals(sent.get());
        }
    }

    private static String send(Stream stream, int bytes, SplittableRandom random)
            throws IOException {
        var hash = sha256();
        var chunk = new byte[CHUNK];
        for (var left = bytes; left > 0; left -= chunk.length) {
            random.nextBytes(chunk);
            var size = Math.min(left, chunk.length);
            stream.write(chunk, 0, size);
            hash.update(chunk, 0, size);
        }
        stream.closeWrite();
        return HexFormat.of().formatHex(hash.digest());
    }

    private static String receive(Stream stream) throws IOException {
        var hash = sha256();
        var chunk = new byte[CHUNK];
        for (var count = read(stream, chunk); count >= 0; count = read(stream, chunk)) {
            hash.update(chunk, 0, count);
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    private static void mirror(Stream stream) throws IOException {
        var chunk = new byte[CHUNK];
        for (var count = read(stream, chunk); count >= 0; count = read(stream, chunk)) {
            stream.write(chunk, 0, count);
        }
    }

    private static int read(Stream stream, byte[] into) throws IOException {
        return stream.read(into, 0, into.length);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
