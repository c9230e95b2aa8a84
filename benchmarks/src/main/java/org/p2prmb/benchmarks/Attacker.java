package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.noise.NoiseSecurity;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.TcpChannel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/// A dialer that speaks TCP, Noise and Yamux byte by byte, so that it can break every rule above
/// them; each has an identity of its own.
final class Attacker implements AutoCloseable {
    static final int DATA = 0;
    static final int PING = 2;
    static final int SYN = 1;

    private static final String MUXER = "/yamux/1.0.0";
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int HEADER_BYTES = 12;

    private final BufferPool pool = new BufferPool();
    private final TcpChannel channel;

    Attacker(Multiaddr server) throws IOException {
        var address = server.tcpAddress().orElseThrow(() -> new IOException("no TCP in " + server));
        channel = TcpChannel.dial(address, LIMIT);
    }

    TcpChannel channel() {
        return channel;
    }

    /// Agrees on Noise and Yamux as everybody does.
    SecureChannel secure(Multiaddr server) throws IOException {
        var keys = KeyPair.generate(new SecureRandom());
        var noise = new NoiseSecurity(keys, List.of(MUXER), new SecureRandom(), pool);
        var peer = server.peer().orElseThrow(() -> new IOException("no peer in " + server));
        var initiation = noise.initiate(peer);
        send(Multistream.proposal(NoiseSecurity.PROTOCOL));
        send(initiation.firstMessage());
        var input = new ChannelInput(channel, pool);
        Multistream.confirm(input, NoiseSecurity.PROTOCOL);
        return initiation.finish(channel, input);
    }

    void send(byte[] bytes) throws IOException {
        channel.write(bytes, 0, bytes.length);
    }

    /// One frame of Yamux; the body of data, or a number.
    static byte[] frame(int type, int flags, int stream, int length, byte[] body) {
        return ByteBuffer.allocate(HEADER_BYTES + body.length)
                .put((byte) 0)
                .put((byte) type)
                .putShort((short) flags)
                .putInt(stream)
                .putInt(length)
                .put(body)
                .array();
    }

    /// Opens a stream with `body` as its first data.
    static byte[] open(int stream, byte[] body) {
        return frame(DATA, SYN, stream, body.length, body);
    }

    @Override
    public void close() {
        channel.close();
    }
}
