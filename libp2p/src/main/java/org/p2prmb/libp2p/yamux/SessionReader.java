package org.p2prmb.libp2p.yamux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.secure.SecureChannel;

/// The only thread that reads from the channel: finds the frames in what came and hands their
/// bodies to the streams. It runs no application code and never waits for a writer.
///
/// An idle connection waits with a small buffer. While much comes, reads go into chunks of a whole
/// channel message, and a chunk that is mostly one stream's body becomes that stream's, uncopied.
/// Headers cost no read of their own.
final class SessionReader implements Runnable {
    private static final int QUIET_BYTES = 4 << 10;

    private final YamuxSession session;
    private final SecureChannel channel;
    private final Thread thread;
    private final byte[] quietBuffer = new byte[QUIET_BYTES];
    private byte[] buffer = quietBuffer;
    private int from;
    private int to;

    /// What is still to come of the current frame's body, and whose it is; null is nobody.
    private long bodyLeft;

    private @Nullable YamuxStream bodyOwner;
    private boolean bodyEndsStream;
    private boolean bufferGiven;

    SessionReader(YamuxSession session, SecureChannel channel, String name) {
        this.session = session;
        this.channel = channel;
        this.thread = Thread.ofVirtual().name(name).unstarted(session.supervised(this));
    }

    void start() {
        thread.start();
    }

    @Override
    public void run() {
        try {
            while (true) {
                var bytes = channel.read(buffer, to, buffer.length - to);
                if (bytes < 0) {
                    session.end("closed by the remote");
                    break;
                }
                to += bytes;
                received(bytes);
                session.announce();
            }
        } catch (IOException e) {
            session.end("reading failed: " + e.getMessage());
        } finally {
            session.terminate();
        }
    }

    private void received(int bytes) {
        session.lock();
        try {
            frames();
            if (session.ended()) {
                // Until the channel closes, so that it need not be cut with unread bytes in it.
                from = to;
            }
            session.wakeWriter();
            nextBuffer(bytes);
        } finally {
            session.unlock();
        }
    }

    private void frames() {
        try {
            while (!session.ended() && (bodyLeft > 0 ? body() : header())) {
                // Each turn takes one header or one piece of a body.
            }
        } catch (ProtocolException e) {
            session.violated(e);
        }
    }

    private boolean header() throws ProtocolException {
        if (to - from < Header.BYTES) {
            return false;
        }
        var frame = Header.decode(buffer, from);
        from += Header.BYTES;
        session.received(frame);
        return true;
    }

    private boolean body() {
        var bytes = (int) Math.min(bodyLeft, to - from);
        if (bytes == 0) {
            return false;
        }
        if (bodyOwner != null) {
            bufferGiven |= bodyOwner.deliver(buffer, from, bytes);
        }
        from += bytes;
        bodyLeft -= bytes;
        endOfBody();
        return true;
    }

    private void endOfBody() {
        if (bodyLeft == 0 && bodyOwner != null) {
            if (bodyEndsStream) {
                bodyOwner.remoteFinished();
            }
            bodyOwner = null;
        }
    }

    /// Says whose the next `bytes` are; called while [YamuxSession#received] runs.
    void body(@Nullable YamuxStream owner, long bytes, boolean endsStream) {
        bodyOwner = owner;
        bodyLeft = bytes;
        bodyEndsStream = endsStream;
        endOfBody();
    }

    /// The owner of the current body reads no more.
    void forget(YamuxStream stream) {
        if (bodyOwner == stream) {
            bodyOwner = null;
        }
    }

    /// Chooses what to read into, and takes the start of the next header along.
    private void nextBuffer(int bytesRead) {
        var before = buffer;
        if (bytesRead < QUIET_BYTES / 2) {
            buffer = quietBuffer;
        } else if (bufferGiven || before == quietBuffer) {
            buffer = session.pool().take();
        }
        var rest = to - from;
        System.arraycopy(before, from, buffer, 0, rest);
        from = 0;
        to = rest;
        if (before != buffer && before != quietBuffer && !bufferGiven) {
            session.pool().give(before);
        }
        bufferGiven = false;
    }
}
