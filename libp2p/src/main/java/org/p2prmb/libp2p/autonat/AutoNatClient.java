package org.p2prmb.libp2p.autonat;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialDataRequest;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialDataResponse;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialRequest;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialResponse;
import org.p2prmb.libp2p.autonat.AutoNatMessage.Status;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;

/// Asks servers of AutoNAT v2 to dial this host. The message flow is drawn at [AutoNatServer].
public final class AutoNatClient implements AutoCloseable {
    /// Questions that are open at a time.
    private static final int OPEN_MAX = 16;

    private static final Duration DIAL_BACK_LIMIT = Duration.ofSeconds(10);

    private final Host host;
    private final SecureRandom random = new SecureRandom();

    /// By the nonces that we wait for.
    private final ConcurrentMap<Long, Question> open = new ConcurrentHashMap<>();

    private AutoNatClient(Host host) {
        this.host = host;
    }

    /// What is open at one server.
    private static final class Question {
        /// Whoever has one of these did not dial us to answer.
        private final Set<Connection> before;

        private final AtomicReference<@Nullable Connection> back = new AtomicReference<>();

        Question(List<Connection> before) {
            this.before = Set.copyOf(before);
        }

        /// Takes a connection that brought the nonce, if the server opened it now and directly.
        void dialledBack(Connection connection) throws ProtocolException {
            if (connection.outbound()
                    || connection.remoteAddress().isCircuit()
                    || before.contains(connection)) {
                throw new ProtocolException("a dial-back for which nobody dialled us");
            }
            back.set(connection);
        }

        /// Whether somebody came by `address`; behind a router we see another one than that which
        /// was dialled, but of the same kind.
        boolean cameBy(Multiaddr address) {
            var connection = back.get();
            return connection != null
                    && (address.ip().isEmpty()
                            || connection
                                    .localAddress()
                                    .ip()
                                    .map(InetAddress::getClass)
                                    .equals(address.ip().map(InetAddress::getClass)));
        }
    }

    /// What a server found out about one address.
    public record Finding(Multiaddr address, boolean reachable) {}

    /// Takes dial-backs from now on.
    public static AutoNatClient start(Host host) {
        var client = new AutoNatClient(host);
        host.handle(AutoNatServer.DIAL_BACK, client::dialledBack);
        return client;
    }

    /// Asks the remote of `server` to dial the first of `addresses` that it can dial.
    ///
    /// Throws when it dials none, and [ProtocolException] when it claims a success that never was.
    public Finding ask(Connection server, List<Multiaddr> addresses, Duration limit)
            throws IOException {
        if (open.size() >= OPEN_MAX) {
            throw new IOException("more than %d questions at once".formatted(OPEN_MAX));
        }
        var asked = addresses.stream().limit(AutoNatCodec.ADDRESSES_MAX).toList();
        var nonce = random.nextLong();
        var question = new Question(host.connections());
        open.put(nonce, question);
        try (var stream = server.open(List.of(AutoNatServer.DIAL_REQUEST), limit)) {
            stream.deadline(limit);
            var encoded = asked.stream().map(Multiaddr::encoded).toList();
            AutoNatCodec.write(stream, new DialRequest(encoded, nonce));
            return finding(asked, answer(stream, asked.size()), question);
        } finally {
            open.remove(nonce);
        }
    }

    private DialResponse answer(Stream stream, int asked) throws IOException {
        var message = AutoNatCodec.read(stream);
        if (message instanceof DialDataRequest(var index, var bytes)) {
            if (index >= asked || bytes > AutoNatServer.DATA_BYTES_MAX) {
                throw new ProtocolException("the server asks for too much");
            }
            send(stream, (int) bytes);
            message = AutoNatCodec.read(stream);
        }
        if (message instanceof DialResponse response) {
            return response;
        }
        throw new ProtocolException("the server does not answer");
    }

    private void send(Stream stream, int bytes) throws IOException {
        for (var left = bytes; left > 0; left -= AutoNatCodec.CHUNK_BYTES_MAX) {
            // Random, so that nothing on the way makes it less.
            var chunk = new byte[Math.min(left, AutoNatCodec.CHUNK_BYTES_MAX)];
            random.nextBytes(chunk);
            AutoNatCodec.write(stream, new DialDataResponse(Bytes.wrap(chunk)));
        }
    }

    private static Finding finding(List<Multiaddr> asked, DialResponse response, Question question)
            throws IOException {
        if (response.status() != Status.OK) {
            throw new IOException("the server answers " + response.status());
        }
        if (response.addressIndex() >= asked.size()) {
            throw new ProtocolException("the server dialled what it was not asked to");
        }
        var address = asked.get(response.addressIndex());
        var back = question.cameBy(address);
        return switch (response.dial()) {
            case OK -> {
                if (!back) {
                    throw new ProtocolException("the server claims to have dialled us");
                }
                yield new Finding(address, true);
            }
            // The way there works, if not all of the way back.
            case DIAL_BACK_ERROR -> new Finding(address, back);
            case DIAL_ERROR -> new Finding(address, false);
            case UNUSED -> throw new ProtocolException("the server does not say what it found");
        };
    }

    private void dialledBack(Stream stream) throws IOException {
        if (open.isEmpty()) {
            throw new ProtocolException("a dial-back when nobody is asked");
        }
        stream.deadline(DIAL_BACK_LIMIT);
        var question = open.get(AutoNatCodec.readDialBack(stream));
        if (question == null) {
            throw new ProtocolException("a dial-back that nobody asked for");
        }
        question.dialledBack(stream.connection());
        AutoNatCodec.writeDialBackOk(stream);
        stream.closeWrite();
    }

    /// Takes dial-backs no more.
    @Override
    public void close() {
        host.unhandle(AutoNatServer.DIAL_BACK);
    }
}
