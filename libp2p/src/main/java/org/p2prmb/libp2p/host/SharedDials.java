package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Lets concurrent callers for one peer share one dial.
///
/// The first caller dials; the others wait for its result. When it fails, the next of them dials
/// in turn with its own addresses and what is left of its own limit.
final class SharedDials {
    private final ConcurrentMap<PeerId, CompletableFuture<Connection>> running =
            new ConcurrentHashMap<>();

    /// One dial; takes at most the time it is given.
    interface Dial {
        Connection run(Duration limit) throws IOException;
    }

    Connection connect(PeerId peer, Duration limit, Dial dial) throws IOException {
        var end = System.nanoTime() + limit.toNanos();
        while (true) {
            var ours = new CompletableFuture<Connection>();
            var theirs = running.putIfAbsent(peer, ours);
            if (theirs == null) {
                return run(peer, ours, dial, Duration.ofNanos(end - System.nanoTime()));
            }
            try {
                return theirs.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException _) {
                // Its addresses or its limit were not ours: go on and try with ours.
            } catch (TimeoutException _) {
                throw new SocketTimeoutException("cannot reach %s in time".formatted(peer));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
        }
    }

    private Connection run(
            PeerId peer, CompletableFuture<Connection> result, Dial dial, Duration limit)
            throws IOException {
        try {
            var connection = dial.run(limit);
            result.complete(connection);
            return connection;
        } finally {
            running.remove(peer, result);
            // Does nothing after a success.
            result.completeExceptionally(new IOException("cannot reach " + peer));
        }
    }
}
