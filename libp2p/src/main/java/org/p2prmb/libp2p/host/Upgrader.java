package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.multistream.TokenInput;
import org.p2prmb.libp2p.multistream.TokenOutput;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.secure.Security;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Turns a raw channel into an authenticated one that carries Yamux, or closes it.
///
/// ```
/// dialer                                         listener
///   | -- /multistream/1.0.0 /noise, e ------------> |
///   | <- /multistream/1.0.0 /noise ---------------- |
///   | <- e, ee, s, es, identity, muxers ----------- |
///   | -- s, se, identity, muxers -----------------> |   both know: /yamux/1.0.0
/// ```
///
/// A listener serves each of the host's securities. A dialer sends the first message of the
/// handshake in the same packet as its proposal, which saves a round trip and leaves nothing to
/// talk about on that channel when the proposal is refused: its caller dials again with the next
/// one. A remote that names no muxers in its handshake negotiates one afterwards. See the
/// [specification](https://github.com/libp2p/specs/tree/master/connections).
final class Upgrader implements AutoCloseable {
    static final String MUXER = "/yamux/1.0.0";

    /// The preferred one first.
    private final List<Security> securities;

    private final Map<String, Security> byProtocol;
    private final BufferPool pool;
    private final ScheduledExecutorService timer;

    /// Channels that are being upgraded; bounded by the host's limits.
    private final Set<RawChannel> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    Upgrader(List<Security> securities, BufferPool pool, ScheduledExecutorService timer) {
        this.securities = List.copyOf(securities);
        this.byProtocol =
                securities.stream()
                        .collect(Collectors.toMap(Security::protocol, Function.identity()));
        this.pool = pool;
        this.timer = timer;
    }

    /// What a dialer may propose, the preferred one first.
    List<Security> securities() {
        return securities;
    }

    /// Upgrades with `security` as the dialer of `expected`, within `limit`; closes `channel` when
    /// that fails, with a [RefusedException] when the remote lacks the security.
    SecureChannel dialer(RawChannel channel, Security security, PeerId expected, Duration limit)
            throws IOException {
        return within(limit, channel, () -> dialer(channel, security, expected));
    }

    /// Upgrades as the listener; `expected` only when we know who must be calling.
    SecureChannel listener(RawChannel channel, @Nullable PeerId expected, Duration limit)
            throws IOException {
        return within(limit, channel, () -> listener(channel, expected));
    }

    private interface Upgrade {
        SecureChannel run() throws IOException;
    }

    private SecureChannel within(Duration limit, RawChannel channel, Upgrade upgrade)
            throws IOException {
        SecureChannel upgraded = null;
        running.add(channel);
        try (var deadline = Deadline.start(timer, channel, limit)) {
            try {
                if (closed) {
                    throw new IOException("this host is closed");
                }
                upgraded = upgrade.run();
                return upgraded;
            } catch (IOException e) {
                throw deadline.explain(e);
            }
        } finally {
            running.remove(channel);
            if (upgraded == null) {
                channel.close();
            }
        }
    }

    /// Ends every upgrade that runs, and all later ones.
    @Override
    public void close() {
        closed = true;
        running.forEach(RawChannel::close);
    }

    private SecureChannel dialer(RawChannel channel, Security security, PeerId expected)
            throws IOException {
        var input = new ChannelInput(channel, pool);
        var protocol = security.protocol();
        var initiation = security.initiate(expected);
        send(channel, Multistream.proposal(protocol), initiation.firstMessage());
        if (!Multistream.accepts(input, protocol)) {
            throw new RefusedException(protocol);
        }
        var secure = initiation.finish(channel, input);
        if (secure.muxer().isEmpty()) {
            Multistream.select(secure, secure::write, List.of(MUXER));
        }
        return secure;
    }

    private SecureChannel listener(RawChannel channel, @Nullable PeerId expected)
            throws IOException {
        var input = new ChannelInput(channel, pool);
        var protocol = agree(input, channel::write, byProtocol.keySet());
        var security = Objects.requireNonNull(byProtocol.get(protocol));
        var secure = security.respond(channel, input, expected);
        if (secure.muxer().isEmpty()) {
            agree(secure, secure::write, Set.of(MUXER));
        }
        return secure;
    }

    /// The first of the remote's proposals that is in `spoken`.
    private static String agree(TokenInput input, TokenOutput output, Set<String> spoken)
            throws IOException {
        var agreed =
                Multistream.answer(input, output, spoken::contains, () -> List.copyOf(spoken))
                        .orElseThrow(() -> new ProtocolException("remote lacks " + spoken));
        output.write(agreed.reply().unsafeArray(), 0, agreed.reply().size());
        return agreed.protocol();
    }

    private static void send(RawChannel channel, byte[] head, byte[] tail) throws IOException {
        var packet = new byte[head.length + tail.length];
        System.arraycopy(head, 0, packet, 0, head.length);
        System.arraycopy(tail, 0, packet, head.length, tail.length);
        channel.write(packet, 0, packet.length);
    }
}
