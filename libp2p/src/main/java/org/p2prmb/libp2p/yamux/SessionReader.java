package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;

/// The only thread that reads from the channel: finds the frames in what came and hands their
/// bodies to the streams. It runs no application code and never waits for a writer.
///
/// An idle connection waits with a small buffer. While much comes, reads go into chunks of a whole
/// channel message, and a chunk that is mostly one stream's body becomes that stream's, uncopied.
/// Headers cost no read of their own.
final class SessionReader implements Runnable {
    private static final int QUIET_BYTES = 2 << 10;

    private final Switchboard board;
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
    private boolean bufferIsChunk;

    /// A stream keeps the buffer: it is not written to again.
    private boolean bufferGiven;

    SessionReader(Switchboard board, SecureChannel channel) {
        this.board = board;
        this.channel = channel;
        this.thread = board.thread("yamux-reader", this);
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
                    board.cut("closed by the remote");
                    break;
                }
                to += bytes;
                received(bytes);
                board.announce();
            }
        } catch (IOException e) {
            board.cut("reading failed: " + e.getMessage());
        } finally {
            board.terminate();
        }
    }

    private void received(int bytes) {
        board.lock();
        try {
            frames();
            if (board.ended()) {
                // Until the channel closes, so that it need not be cut with unread bytes in it.
                from = to;
            }
            board.wakeWriter();
            nextBuffer(bytes);
        } finally {
            board.unlock();
        }
    }

    private void frames() {
        try {
            while (!board.ended() && (bodyLeft > 0 ? body() : header())) {
                // Each turn takes one header or one piece of a body.
            }
        } catch (ProtocolException e) {
            board.violated(e);
        }
    }

    private boolean header() throws ProtocolException {
        if (to - from < Header.BYTES) {
            return false;
        }
        var frame = Header.decode(buffer, from);
        from += Header.BYTES;
        board.apply(new YamuxMachine.Received(frame));
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

    /// Says whose the next `bytes` are; called while [Switchboard#apply] runs.
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

    /// Chooses what to read into, and takes the start of the next header along. The small buffer
    /// being full is a sign of more to come; a read that it could have held is one of the end.
    private void nextBuffer(int bytesRead) {
        var before = buffer;
        var wasChunk = bufferIsChunk;
        bufferIsChunk = wasChunk ? bytesRead >= QUIET_BYTES : to == buffer.length;
        if (!bufferIsChunk) {
            buffer = quietBuffer;
        } else if (!wasChunk || bufferGiven) {
            buffer = board.pool().take();
        }
        var rest = to - from;
        System.arraycopy(before, from, buffer, 0, rest);
        from = 0;
        to = rest;
        if (wasChunk && !bufferIsChunk && !bufferGiven) {
            board.pool().give(before);
        }
        bufferGiven = false;
    }
}
