package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;

/// The other end of a session's channel, which sends whatever frames a test likes.
final class RawPeer implements AutoCloseable {
    final SessionPair.Side side;
    private final SecureChannel channel;

    /// The session under test is the listener's.
    RawPeer(int pipeBytes, YamuxConfig config) {
        var channels = MemoryChannels.pair(pipeBytes);
        channel = channels.dialer();
        side = new SessionPair.Side(channels.listener(), false, config);
    }

    RawPeer() {
        this(SessionPair.PIPE_BYTES, YamuxConfig.defaults());
    }

    /// The session under test has no more memory than `budget`.
    RawPeer(WindowBudget budget) {
        var channels = MemoryChannels.pair(SessionPair.PIPE_BYTES);
        channel = channels.dialer();
        side = new SessionPair.Side(channels.listener(), false, YamuxConfig.defaults(), budget);
    }

    void send(Header... frames) throws IOException {
        var bytes = new byte[frames.length * Header.BYTES];
        for (var i = 0; i < frames.length; i++) {
            frames[i].encode(bytes, i * Header.BYTES);
        }
        send(bytes);
    }

    void send(byte[] bytes) throws IOException {
        channel.write(bytes, 0, bytes.length);
    }

    /// The next frame's header; its body, if any, is read and dropped.
    Header receive() throws IOException {
        var header = Header.decode(bytes(Header.BYTES), 0);
        bytes((int) header.body());
        return header;
    }

    boolean atEnd() throws IOException {
        return channel.read(new byte[1], 0, 1) < 0;
    }

    private byte[] bytes(int count) throws IOException {
        var bytes = new byte[count];
        for (var done = 0; done < count; ) {
            var more = channel.read(bytes, done, count - done);
            if (more < 0) {
                throw new IOException("the session closed");
            }
            done += more;
        }
        return bytes;
    }

    void hangUp() {
        channel.close();
    }

    @Override
    public void close() {
        side.session.close();
        channel.close();
    }
}
