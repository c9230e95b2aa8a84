package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Two sessions over a channel in memory; incoming streams wait in queues.
final class SessionPair implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);
    static final int PIPE_BYTES = 64 << 10;

    final Side dialer;
    final Side listener;

    /// One session and what it has told its listener.
    static final class Side implements YamuxListener {
        final YamuxSession session;
        private final BlockingQueue<YamuxStream> incoming = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> closings = new LinkedBlockingQueue<>();

        Side(SecureChannel channel, boolean dialer, YamuxConfig config) {
            this(channel, dialer, config, new SharedWindowBudget(256L << 20));
        }

        Side(SecureChannel channel, boolean dialer, YamuxConfig config, WindowBudget budget) {
            session = YamuxSession.start(channel, dialer, config, budget, this);
        }

        @Override
        public void onStream(YamuxStream stream) {
            incoming.add(stream);
        }

        @Override
        public void onClosed(String reason) {
            closings.add(reason);
        }

        YamuxStream accept() throws InterruptedException {
            return present(incoming.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        }

        YamuxStream open() throws IOException {
            return session.open(LIMIT);
        }

        String closing() throws InterruptedException {
            return present(closings.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        }

        int waiting() {
            return incoming.size();
        }

        int furtherClosings() {
            return closings.size();
        }

        private static <T> T present(T value) {
            if (value == null) {
                throw new AssertionError("nothing came within " + LIMIT);
            }
            return value;
        }
    }

    SessionPair() {
        this(PIPE_BYTES, YamuxConfig.defaults());
    }

    SessionPair(int pipeBytes, YamuxConfig config) {
        var channels = MemoryChannels.pair(pipeBytes);
        dialer = new Side(channels.dialer(), true, config);
        listener = new Side(channels.listener(), false, config);
    }

    /// A stream of the dialer's that the listener has accepted, which took one byte.
    YamuxStream[] stream() throws IOException, InterruptedException {
        var here = dialer.open();
        here.write(new byte[1], 0, 1);
        var there = listener.accept();
        exactly(there, 1);
        return new YamuxStream[] {here, there};
    }

    static byte[] exactly(YamuxStream stream, int bytes) throws IOException {
        var read = new byte[bytes];
        for (var done = 0; done < bytes; ) {
            var more = stream.read(read, done, bytes - done);
            if (more < 0) {
                throw new EOFException("after " + done + " of " + bytes + " bytes");
            }
            done += more;
        }
        return read;
    }

    /// Everything up to the end of the stream.
    static byte[] all(YamuxStream stream) throws IOException {
        var read = new byte[1 << 10];
        for (var done = 0; ; ) {
            var more = stream.read(read, done, read.length - done);
            if (more < 0) {
                return Arrays.copyOf(read, done);
            }
            done += more;
            if (done == read.length) {
                read = Arrays.copyOf(read, 2 * done);
            }
        }
    }

    static <T> CompletableFuture<T> async(Callable<T> body) {
        var result = new CompletableFuture<T>();
        Thread.startVirtualThread(() -> {
            try {
                result.complete(body.call());
            } catch (Exception | Error e) { // Supervisor
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /// The result of [#async]; what it threw is thrown as it is.
    static <T> T join(CompletableFuture<T> result) throws Exception {
        try {
            return result.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new AssertionError("no result within " + LIMIT, e);
        }
    }

    @Override
    public void close() {
        dialer.session.close();
        listener.session.close();
    }
}
