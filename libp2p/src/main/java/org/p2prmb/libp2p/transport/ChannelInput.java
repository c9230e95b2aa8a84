package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multistream.TokenInput;

import java.io.EOFException;
import java.io.IOException;

/// The buffered reading end of a [RawChannel].
///
/// While nothing arrives it holds a small array only; a burst borrows a large one from the host's
/// [BufferPool] and gives it back before the next wait. One reader; not thread-safe.
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
        if (available() >= count) {
            return true;
        }
        makeRoom(count);
        while (available() < count) {
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

    private void makeRoom(int count) {
        if (available() == 0) {
            position = 0;
            limit = 0;
            if (count > SMALL_BYTES || (burst && !channel.idle())) {
                borrow();
            } else {
                giveBack();
            }
        } else if (count > buffer.length) {
            borrow();
        } else if (position + count > buffer.length) {
            moveTo(buffer);
        }
    }

    private void borrow() {
        if (!borrowed) {
            moveTo(pool.take());
            borrowed = true;
        }
    }

    /// Called only when nothing is available.
    private void giveBack() {
        if (borrowed) {
            pool.give(buffer);
            buffer = small;
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
