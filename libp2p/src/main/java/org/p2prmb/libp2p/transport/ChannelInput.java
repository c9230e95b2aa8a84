package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multistream.TokenInput;

import java.io.EOFException;
import java.io.IOException;

/// The buffered reading end of a [RawChannel].
///
/// While it waits its array is small, or at most twice as large as what has come of a message: a
/// length alone, which costs the remote nothing, makes us hold nothing. A burst borrows a large
/// array from the host's [BufferPool] and gives it back before the next wait. One reader; not
/// thread-safe.
public final class ChannelInput implements TokenInput {
    /// Holds the messages of a handshake and most single requests.
    private static final int SMALL_BYTES = 1024;

    private final RawChannel channel;
    private final BufferPool pool;
    private final byte[] small = new byte[SMALL_BYTES];
    private byte[] buffer = small;
    private int position;
    private int limit;
    private boolean borrowed;

    /// The last read took all the room that it had, so there is probably more.
    private boolean burst;

    public ChannelInput(RawChannel channel, BufferPool pool) {
        this.channel = channel;
        this.pool = pool;
    }

    /// Waits until `count` bytes, at most [BufferPool#BUFFER_BYTES], are at [#position]. False when
    /// the remote ended the channel before the first of them; throws [EOFException] when it ended
    /// in the middle.
    public boolean await(int count) throws IOException {
        while (available() < count) {
            makeRoom(count);
            var room = buffer.length - limit;
            var read = channel.read(buffer, limit, room);
            if (read < 0) {
                return ended();
            }
            burst = read == room;
            limit += read;
        }
        return true;
    }

    /// The array that holds the available bytes; valid until the next [#await]. Whoever consumes
    /// the bytes may overwrite them.
    public byte[] array() {
        return buffer;
    }

    /// Where the first available byte is in [#array].
    public int position() {
        return position;
    }

    public int available() {
        return limit - position;
    }

    /// Consumes `count` available bytes.
    public void skip(int count) {
        position += count;
    }

    @Override
    public int next() throws IOException {
        if (!await(1)) {
            throw new EOFException("remote closed the connection");
        }
        return buffer[position++] & 0xff;
    }

    @Override
    public boolean buffered() {
        return available() > 0;
    }

    /// Before a read for a message of `count` bytes, of which some are still to come.
    private void makeRoom(int count) {
        if (available() == 0) {
            position = 0;
            limit = 0;
        }
        if ((burst || count > SMALL_BYTES) && !channel.idle()) {
            borrow();
        } else if (available() == buffer.length
                || buffer.length > Math.max(SMALL_BYTES, 2 * available())) {
            settle(count);
        }
        if (position > 0 && position + count > buffer.length) {
            moveTo(buffer);
        }
    }

    private void borrow() {
        if (!borrowed) {
            moveTo(pool.take());
            borrowed = true;
        }
    }

    /// Moves to an array for a wait: what has come of the message fits, and at most as much again.
    private void settle(int count) {
        var before = buffer;
        var bytes = Math.min(count, 2 * available());
        moveTo(bytes <= SMALL_BYTES ? small : new byte[bytes]);
        if (borrowed) {
            pool.give(before);
            borrowed = false;
        }
    }

    private void moveTo(byte[] next) {
        System.arraycopy(buffer, position, next, 0, available());
        limit = available();
        position = 0;
        buffer = next;
    }

    private boolean ended() throws EOFException {
        if (available() > 0) {
            throw new EOFException("remote closed the connection in the middle of a message");
        }
        return false;
    }
}
