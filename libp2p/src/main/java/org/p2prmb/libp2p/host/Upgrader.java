package org.p2prmb.libp2p.host;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.multistream.TokenInput;
import org.p2prmb.libp2p.multistream.TokenOutput;
import org.p2prmb.libp2p.noise.NoiseChannel;
import org.p2prmb.libp2p.noise.NoiseSecurity;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

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
/// A remote that names no muxers in its handshake negotiates one afterwards. See the
/// [specification](https://github.com/libp2p/specs/tree/master/connections).
final class Upgrader implements AutoCloseable {
    static final String MUXER = "/yamux/1.0.0";

    private final NoiseSecurity noise;
    private final BufferPool pool;
    private final ScheduledExecutorService timer;

    /// Channels that are being upgraded; bounded by the host's limits.
    private final Set<RawChannel> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    Upgrader(NoiseSecurity noise, BufferPool pool, ScheduledExecutorService timer) {
        this.noise = noise;
        this.pool = pool;
        this.timer = timer;
    }

    /// Upgrades as the dialer of `expected`, within `limit`; closes `channel` when that fails.
    NoiseChannel dialer(RawChannel channel, PeerId expected, Duration limit) throws IOException {
        return within(limit, channel, () -> dialer(channel, expected));
    }

    /// Upgrades as the listener; `expected` only when we know who must be calling.
    NoiseChannel listener(RawChannel channel, @Nullable PeerId expected, Duration limit)
            throws IOException {
        return within(limit, channel, () -> listener(channel, expected));
    }

    private interface Upgrade {
        NoiseChannel run() throws IOException;
    }

    private NoiseChannel within(Duration limit, RawChannel channel, Upgrade upgrade)
            throws IOException {
        NoiseChannel upgraded = null;
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

    private NoiseChannel dialer(RawChannel channel, PeerId expected) throws IOException {
        var input = new ChannelInput(channel, pool);
        var initiation = noise.initiate(expected);
        // One packet: a listener without Noise would refuse, and then there is nothing left to try.
        send(channel, Multistream.proposal(NoiseSecurity.PROTOCOL), initiation.firstFrame());
        Multistream.confirm(input, NoiseSecurity.PROTOCOL);
        var secure = initiation.finish(channel, input);
        if (secure.muxer().isEmpty()) {
            Multistream.select(secure, secure::write, List.of(MUXER));
        }
        return secure;
    }

    private NoiseChannel listener(RawChannel channel, @Nullable PeerId expected)
            throws IOException {
        var input = new ChannelInput(channel, pool);
        agree(input, channel::write, NoiseSecurity.PROTOCOL);
        var secure = noise.respond(channel, input, expected);
        if (secure.muxer().isEmpty()) {
            agree(secure, secure::write, MUXER);
        }
        return secure;
    }

    private static void agree(TokenInput input, TokenOutput output, String protocol)
            throws IOException {
        var agreed =
                Multistream.answer(input, output, protocol::equals, () -> List.of(protocol))
                        .orElseThrow(() -> new ProtocolException("remote lacks " + protocol));
        output.write(agreed.reply().unsafeArray(), 0, agreed.reply().size());
    }

    private static void send(RawChannel channel, byte[] head, byte[] tail) throws IOException {
        var packet = new byte[head.length + tail.length];
        System.arraycopy(head, 0, packet, 0, head.length);
        System.arraycopy(tail, 0, packet, head.length, tail.length);
        channel.write(packet, 0, packet.length);
    }
}
