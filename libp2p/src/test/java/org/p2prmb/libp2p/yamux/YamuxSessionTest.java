package org.p2prmb.libp2p.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/// Two sessions and their threads, over a channel in memory.
@Timeout(60)
final class YamuxSessionTest {
    private static final int WINDOW = 262_144;

    private SessionPair pair = new SessionPair();

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void whatOneSideWritesTheOtherReadsInBothDirections() throws Exception {
        var stream = pair.dialer.open();
        stream.write(bytes("hello"), 0, 5);
        stream.closeWrite();
        var served = pair.listener.accept();
        assertThat(SessionPair.all(served)).isEqualTo(bytes("hello"));

        served.write(bytes("world!"), 1, 4);
        served.close();
        assertThat(SessionPair.all(stream)).isEqualTo(bytes("orld"));
        stream.close();
        assertThat(served.id()).isEqualTo(stream.id());
        assertThat(stream.outbound()).isTrue();
        assertThat(served.outbound()).isFalse();
    }

    @Test
    void theListenerOpensStreamsToo() throws Exception {
        var stream = pair.listener.open();
        stream.write(bytes("hello"), 0, 5);
        assertThat(SessionPair.exactly(pair.dialer.accept(), 5)).isEqualTo(bytes("hello"));
    }

    /// jvm-libp2p's writer that obeys every rule loses its stream after 13 MiB.
    @Test
    void aWriterIsHeldBackAndLosesNothing() throws Exception {
        var sent = Seeds.bytes(new SplittableRandom(1), 13 << 20);
        var stream = pair.dialer.open();
        var writing = async(() -> writeInPieces(stream, sent, 100_000));
        var served = pair.listener.accept();
        assertThat(SessionPair.all(served)).isEqualTo(sent);
        SessionPair.join(writing);
        assertThat(pair.dialer.session.bytesWritten()).isEqualTo(sent.length);
        assertThat(pair.listener.session.bytesRead()).isEqualTo(sent.length);
    }

    /// The same through pipes so small that every header and body is cut in pieces.
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 11, 13, 4099})
    void framesMayComeInAnyPieces(int pipeBytes) throws Exception {
        pair.close();
        pair = new SessionPair(pipeBytes, YamuxConfig.defaults());
        var sent = Seeds.bytes(new SplittableRandom(1), 20_000);
        var stream = pair.dialer.open();
        var writing = async(() -> writeInPieces(stream, sent, 3_001));
        assertThat(SessionPair.all(pair.listener.accept())).isEqualTo(sent);
        SessionPair.join(writing);
    }

    /// jvm-libp2p gives credit when data arrives, so a slow reader has no protection.
    @Test
    void aSlowReaderStopsItsSenderAtTheWindowWhileOtherStreamsGoOn() throws Exception {
        var slow = pair.stream();
        slow[0].deadline(Duration.ofMillis(300));
        var blocked = async(() -> writeInPieces(slow[0], new byte[1 << 20], 1 << 20));
        var quick = pair.stream();
        for (var turn = 0; turn < 100; turn++) {
            quick[0].write(bytes("ping"), 0, 4);
            SessionPair.exactly(quick[1], 4);
            quick[1].write(bytes("pong"), 0, 4);
            SessionPair.exactly(quick[0], 4);
        }

        assertThatThrownBy(() -> SessionPair.join(blocked))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(pair.dialer.session.bytesWritten()).isEqualTo(WINDOW + 1 + 400);
    }

    @Test
    void manyStreamsAtOnceKeepTheirBytesApart() throws Exception {
        var server = async(() -> serveEchoes(pair.listener, 400));
        var clients = new ArrayList<CompletableFuture<Boolean>>();
        for (var client = 0; client < 40; client++) {
            var seed = client;
            clients.add(async(() -> echoes(new SplittableRandom(seed))));
        }
        for (var client : clients) {
            assertThat(SessionPair.join(client)).isTrue();
        }
        SessionPair.join(server);
        // The last FIN may still be on its way: a ping comes after it.
        pair.dialer.session.ping(SessionPair.LIMIT);
        pair.listener.session.ping(SessionPair.LIMIT);
        assertThat(pair.dialer.session.streams()).isZero();
        assertThat(pair.listener.session.streams()).isZero();
    }

    private boolean echoes(RandomGenerator random) throws IOException {
        for (var turn = 0; turn < 10; turn++) {
            var sent = Seeds.bytes(random, random.nextInt(1, 40_000));
            var stream = pair.dialer.open();
            stream.write(sent, 0, sent.length);
            stream.closeWrite();
            assertThat(SessionPair.all(stream)).isEqualTo(sent);
            stream.close();
        }
        return true;
    }

    private static boolean serveEchoes(SessionPair.Side side, int count) throws Exception {
        var served = new ArrayList<CompletableFuture<Boolean>>();
        for (var i = 0; i < count; i++) {
            var stream = side.accept();
            served.add(async(() -> echo(stream)));
        }
        for (var one : served) {
            SessionPair.join(one);
        }
        return true;
    }

    private static boolean echo(YamuxStream stream) throws IOException {
        try (stream) {
            var buffer = new byte[5_000];
            for (var n = stream.read(buffer, 0, 5_000); n >= 0; n = stream.read(buffer, 0, 5_000)) {
                stream.write(buffer, 0, n);
            }
            return true;
        }
    }

    @Test
    void aResetEndsBothSidesAtOnce() throws Exception {
        var stream = pair.stream();
        var reading = async(() -> SessionPair.all(stream[1]));
        stream[0].reset();

        assertThatThrownBy(() -> SessionPair.join(reading))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("reset by the remote");
        assertThatThrownBy(() -> stream[1].write(new byte[1], 0, 1))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> stream[0].read(new byte[1], 0, 1)).isInstanceOf(IOException.class);
        assertThat(pair.dialer.session.isOpen()).isTrue();
    }

    @Test
    void aDeadlineEndsAReadAndResetsTheStream() throws Exception {
        var stream = pair.stream();
        stream[0].deadline(Duration.ofMillis(30));
        assertThatThrownBy(() -> SessionPair.all(stream[0]))
                .isInstanceOf(SocketTimeoutException.class);
        assertThatThrownBy(() -> SessionPair.all(stream[1]))
                .hasMessageContaining("reset by the remote");
    }

    @Test
    void aDeadlineInThePastEndsTheStreamWithoutWaiting() throws Exception {
        var stream = pair.stream();
        stream[0].deadline(Duration.ZERO);
        assertThatThrownBy(() -> stream[0].write(new byte[1], 0, 1))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void anInterruptEndsAWaitAndLeavesConnectionAndStreamAlone() throws Exception {
        var stream = pair.stream();
        var started = new CompletableFuture<Thread>();
        var reading =
                async(() -> {
                    started.complete(Thread.currentThread());
                    return SessionPair.all(stream[0]);
                });
        SessionPair.join(started).interrupt();
        assertThatThrownBy(() -> SessionPair.join(reading))
                .isInstanceOf(InterruptedIOException.class);

        stream[1].write(bytes("still"), 0, 5);
        assertThat(SessionPair.exactly(stream[0], 5)).isEqualTo(bytes("still"));
    }

    @Test
    void anInterruptedWriteResetsItsStreamForItIsIncomplete() throws Exception {
        var stream = pair.stream();
        var started = new CompletableFuture<Thread>();
        var writing =
                async(() -> {
                    started.complete(Thread.currentThread());
                    return writeInPieces(stream[0], new byte[1 << 20], 1 << 20);
                });
        SessionPair.join(started).interrupt();
        assertThatThrownBy(() -> SessionPair.join(writing))
                .isInstanceOf(InterruptedIOException.class);
        assertThatThrownBy(() -> SessionPair.all(stream[1]))
                .hasMessageContaining("reset by the remote");
    }

    @Test
    @DisplayName("go-yamux#129: nobody waits for ever")
    void closingWhileAnotherThreadWritesResetsTheStream() throws Exception {
        var stream = pair.stream();
        var writing = async(() -> writeInPieces(stream[0], new byte[1 << 20], 1 << 20));
        SessionPair.exactly(stream[1], 1000);
        stream[0].close();

        assertThatThrownBy(() -> SessionPair.join(writing)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> SessionPair.all(stream[1]))
                .hasMessageContaining("reset by the remote");
        assertThat(pair.dialer.session.ping(SessionPair.LIMIT)).isPositive();
    }

    @Test
    void anAnswerArrivesThoughItsWriterDidNotReadTheWholeRequest() throws Exception {
        var stream = pair.stream();
        stream[0].write(new byte[100_000], 0, 100_000);
        stream[1].write(bytes("no"), 0, 2);
        stream[1].close();
        stream[0].write(new byte[1000], 0, 1000);

        assertThat(SessionPair.all(stream[0])).isEqualTo(bytes("no"));
    }

    @Test
    void closingTellsTheRemoteAndFailsEveryStream() throws Exception {
        var stream = pair.stream();
        var reading = async(() -> SessionPair.all(stream[0]));
        stream[1].write(bytes("last"), 0, 4);
        pair.listener.session.close();

        assertThatThrownBy(() -> SessionPair.join(reading)).isInstanceOf(IOException.class);
        assertThat(pair.listener.closing()).isEqualTo("closed by us");
        assertThat(pair.dialer.closing()).isEqualTo("closed by the remote");
        assertThat(pair.dialer.session.isOpen()).isFalse();
        assertThatThrownBy(() -> pair.dialer.open()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> pair.dialer.session.ping(SessionPair.LIMIT))
                .isInstanceOf(IOException.class);
        pair.dialer.session.close();
        pair.listener.session.close();
        assertThat(pair.dialer.furtherClosings() + pair.listener.furtherClosings()).isZero();
    }

    @Test
    void whatWasWrittenBeforeTheCloseStillArrives() throws Exception {
        var stream = pair.stream();
        stream[0].write(bytes("last words"), 0, 10);
        stream[0].closeWrite();
        pair.dialer.session.close();

        assertThat(pair.listener.closing()).isEqualTo("closed by the remote");
        assertThat(SessionPair.all(stream[1])).isEqualTo(bytes("last words"));
    }

    @Test
    @DisplayName("js-yamux#48, test-plans#178: answers are flushed")
    void pingsMeasureTheRoundTripForAllWhoAsk() throws Exception {
        var pings = new ArrayList<CompletableFuture<Duration>>();
        for (var i = 0; i < 10; i++) {
            pings.add(async(() -> pair.dialer.session.ping(SessionPair.LIMIT)));
        }
        for (var ping : pings) {
            assertThat(SessionPair.join(ping)).isPositive();
        }
    }

    @Test
    void anOpenerWaitsForRoomAndThenGoesOn() throws Exception {
        var open = new ArrayList<YamuxStream>();
        for (var i = 0; i < 256; i++) {
            open.add(pair.dialer.open());
        }
        assertThatThrownBy(() -> pair.dialer.session.open(Duration.ofMillis(20)))
                .isInstanceOf(SocketTimeoutException.class);

        var waiting = List.of(async(pair.dialer::open), async(pair.dialer::open));
        open.removeLast().reset();
        open.removeLast().close();
        for (var opener : waiting) {
            SessionPair.join(opener).close();
        }
    }

    @Test
    void afterGoAwayNoStreamIsOpenedAndTheOldOnesGoOn() throws Exception {
        var stream = pair.stream();
        pair.listener.session.goAway(0);
        pair.dialer.session.ping(SessionPair.LIMIT);

        assertThatThrownBy(() -> pair.dialer.open()).hasMessageContaining("no more streams");
        assertThatThrownBy(() -> pair.listener.open()).hasMessageContaining("no more streams");
        stream[0].write(bytes("on"), 0, 2);
        assertThat(SessionPair.exactly(stream[1], 2)).isEqualTo(bytes("on"));
    }

    private static boolean writeInPieces(YamuxStream stream, byte[] bytes, int piece)
            throws IOException {
        for (var done = 0; done < bytes.length; done += piece) {
            stream.write(bytes, done, Math.min(piece, bytes.length - done));
        }
        stream.closeWrite();
        return true;
    }

    private static <T> CompletableFuture<T> async(Callable<T> body) {
        return SessionPair.async(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
