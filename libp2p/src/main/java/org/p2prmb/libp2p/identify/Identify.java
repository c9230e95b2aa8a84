package org.p2prmb.libp2p.identify;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// Identify and identify/push of one host: asks every new connection what it is, answers the
/// same question, and tells connected peers when the answer changes.
///
/// ```
/// asker                                  answerer
///   | -- opens /ipfs/id/1.0.0 ------------> |
///   | <- 1 to 10 messages, end of stream -- |
///
/// changed                                others
///   | -- /ipfs/id/push/1.0.0, messages ---> |   absent fields stay as they were
/// ```
///
/// What is said is built when it is asked for, so it names the real listen addresses. See the
/// [specification](https://github.com/libp2p/specs/tree/master/identify).
public final class Identify {
    public static final String PROTOCOL = "/ipfs/id/1.0.0";
    public static final String PUSH_PROTOCOL = "/ipfs/id/push/1.0.0";

    private static final int MESSAGES_MAX = 10;
    private static final int MESSAGE_BYTES_MAX = 8 * 1024;
    private static final int PUSHES_MAX = 32;
    private static final Duration PUSH_INTERVAL = Duration.ofSeconds(1);

    /// Questions of one connection that are answered at once, and then one each interval.
    private static final int ASKS_BURST = 16;

    private static final Duration ASK_INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(Identify.class);

    private final KeyPair keys;
    private final String agentVersion;
    private final Supplier<List<Multiaddr>> addresses;
    private final Supplier<List<String>> protocols;
    private final Duration limit;
    private final BiConsumer<Connection, PeerInfo> results;
    private final Semaphore pushes = new Semaphore(PUSHES_MAX);
    private final InstantSource clock = new MonotonicClock();
    private final PushTurns turns = new PushTurns(clock, PUSH_INTERVAL);
    private final TokenBuckets<Connection> asks = // Guarded by itself.
            new TokenBuckets<>(ASK_INTERVAL, ASKS_BURST);

    /// What open connections said last; bounded by their number.
    private final ConcurrentMap<Connection, PeerInfo> known = new ConcurrentHashMap<>();

    /// The protocols that we told each open connection last.
    private final ConcurrentMap<Connection, List<String>> told = new ConcurrentHashMap<>();

    private volatile @Nullable Sealed sealed;

    /// Our signed record and the addresses that it was made of.
    private record Sealed(List<Multiaddr> addresses, Bytes record) {}

    /// @param addresses what we listen on now, without `/p2p`
    /// @param protocols what we serve now
    /// @param limit for one exchange
    /// @param results hears what peers say; must not wait
    public Identify(
            KeyPair keys,
            String agentVersion,
            Supplier<List<Multiaddr>> addresses,
            Supplier<List<String>> protocols,
            Duration limit,
            BiConsumer<Connection, PeerInfo> results) {
        this.keys = keys;
        this.agentVersion = agentVersion;
        this.addresses = addresses;
        this.protocols = protocols;
        this.limit = limit;
        this.results = results;
    }

    /// Asks the remote of `connection` and reports what it says; nothing when it does not answer.
    public void ask(Connection connection) {
        try (var stream = connection.open(List.of(PROTOCOL), limit)) {
            stream.deadline(limit);
            stream.closeWrite();
            learn(connection, read(stream, new IdentifyMessage()));
        } catch (IOException e) {
            LOG.debug(
                    "{} does not identify: {}", connection.remotePeer().shortText(), e.toString());
        }
    }

    /// Answers a remote that asks; throws when it does so over and over on one connection.
    public void serve(Stream stream) throws IOException {
        if (!mayAsk(stream.connection())) {
            throw new IOException("asked more often than anybody changes");
        }
        stream.deadline(limit);
        say(stream);
        catchUp(stream.connection());
    }

    private boolean mayAsk(Connection connection) {
        synchronized (asks) {
            var may = asks.take(connection, clock.instant());
            if (!connection.isOpen()) {
                asks.forget(connection);
            }
            return may;
        }
    }

    /// Takes in what a remote says unasked, when its turn comes.
    public void servePush(Stream stream) throws IOException, InterruptedException {
        var connection = stream.connection();
        if (!turns.await(connection, limit)) {
            throw new IOException("pushes faster than anybody changes");
        }
        stream.deadline(limit);
        var before = known.get(connection);
        var start = before == null ? new IdentifyMessage() : IdentifyMessage.of(before);
        learn(connection, read(stream, start));
    }

    /// Tells the remotes of `connections` that understand it what we are now.
    public void push(List<Connection> connections, Executor threads) {
        for (var connection : connections) {
            var info = known.get(connection);
            if (info == null || !info.protocols().contains(PUSH_PROTOCOL)) {
                continue; // It will ask, or does not want to know.
            }
            pushes.acquireUninterruptibly();
            try {
                threads.execute(() -> pushTo(connection));
            } catch (RejectedExecutionException _) {
                pushes.release();
                return; // The host is closing.
            }
        }
    }

    private void pushTo(Connection connection) {
        try (var stream = connection.open(List.of(PUSH_PROTOCOL), limit)) {
            stream.deadline(limit);
            say(stream);
        } catch (IOException e) {
            LOG.debug("{} takes no push: {}", connection.remotePeer().shortText(), e.toString());
        } finally {
            pushes.release();
        }
    }

    /// What the remotes of open connections said last.
    public Map<Connection, PeerInfo> known() {
        return Map.copyOf(known);
    }

    /// What the remote of `connection` said last is of no use any more.
    public void forget(Connection connection) {
        known.remove(connection);
        told.remove(connection);
        turns.forget(connection);
        synchronized (asks) {
            asks.forget(connection);
        }
    }

    /// Pushes what changed between our answer and the remote's: until both have been given,
    /// [#push] passes the connection by.
    private void catchUp(Connection connection) {
        var info = known.get(connection);
        var last = told.get(connection);
        if (info != null
                && last != null
                && info.protocols().contains(PUSH_PROTOCOL)
                && !last.equals(protocols.get())) {
            pushes.acquireUninterruptibly();
            pushTo(connection);
        }
    }

    private void say(Stream stream) throws IOException {
        var listening = addresses.get();
        var serving = protocols.get();
        var messages =
                IdentifyMessage.encoded(
                        keys.publicKey(),
                        agentVersion,
                        listening,
                        serving,
                        stream.connection().remoteAddress(),
                        sealed(listening));
        for (var message : messages) {
            Frames.write(stream, message);
        }
        stream.closeWrite();
        told.put(stream.connection(), serving);
        if (!stream.connection().isOpen()) {
            told.remove(stream.connection());
        }
    }

    private Bytes sealed(List<Multiaddr> listening) {
        var last = sealed;
        if (last != null && last.addresses().equals(listening)) {
            return last.record();
        }
        var now = Instant.now();
        // Nanoseconds of the wall clock, as the other stacks number theirs: a restart counts on.
        var sequence = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        var announced = listening.stream().limit(PeerRecord.ADDRESSES_MAX).toList();
        var record = new PeerRecord(keys.peerId(), sequence, announced).seal(keys);
        sealed = new Sealed(listening, record);
        return record;
    }

    private static IdentifyMessage read(Stream stream, IdentifyMessage message) throws IOException {
        for (var i = 0; i < MESSAGES_MAX; i++) {
            var frame = Frames.readOrEnd(stream, MESSAGE_BYTES_MAX);
            if (frame.isEmpty()) {
                return message;
            }
            message.merge(frame.get());
        }
        return message;
    }

    private void learn(Connection connection, IdentifyMessage message) throws IOException {
        var info = message.info(connection);
        known.put(connection, info);
        if (!connection.isOpen()) {
            known.remove(connection);
        }
        results.accept(connection, info);
        catchUp(connection);
    }
}
