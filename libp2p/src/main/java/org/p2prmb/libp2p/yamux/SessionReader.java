package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.secure.SecureChannel;

import java.io.IOException;

/// The only thread that reads from the channel: finds the frames in what came and hands their
/// bodies to the streams. It runs no application code and never waits for a writer.
///
/// It waits with a small buffer. While much comes, reads go into chunks of a whole channel message,
/// and a chunk that is mostly one stream's body becomes that stream's, uncopied. Headers cost no
/// read of their own.
final class SessionReader implements Runnable {
    private static final int QUIET_BYTES = 2 << 10;

    /// After a read of so much the next one is into a chunk even when it has to wait: bulk data
    /// would else be copied once more each time.
    private static final int BULK_BYTES = ChunkPool.CHUNK_BYTES / 2;

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
                received(goesOn(bytes));
                board.announce();
            }
        } catch (IOException e) {
            board.cut("reading failed: " + e.getMessage());
        } finally {
            board.terminate();
        }
    }

    /// Whether more is to come. The small buffer being full is a sign of it, and a read into a
    /// chunk that the small one could not have held, unless nothing is there yet.
    private boolean goesOn(int bytes) {
        var much = bufferIsChunk ? bytes >= QUIET_BYTES : to == buffer.length;
        return much && (bytes >= BULK_BYTES || !channel.idle());
    }

    private void received(boolean goesOn) {
        board.lock();
        try {
            frames();
            if (board.ended()) {
                // Until the channel closes, so that it need not be cut with unread bytes in it.
                from = to;
            }
            board.wakeWriter();
            nextBuffer(goesOn);
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

    /// Chooses what to read into, and takes the start of the next header along. A chunk that is
    /// left is the collector's: in the pool the session would hold it all the same.
    private void nextBuffer(boolean goesOn) {
        var before = buffer;
        var wasChunk = bufferIsChunk;
        bufferIsChunk = goesOn;
        if (!bufferIsChunk) {
            buffer = quietBuffer;
        } else if (!wasChunk || bufferGiven) {
            buffer = board.pool().take();
        }
        var rest = to - from;
        System.arraycopy(before, from, buffer, 0, rest);
        from = 0;
        to = rest;
        bufferGiven = false;
    }
}
