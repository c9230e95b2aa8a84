package org.p2prmb.libp2p.tls;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/// A TLS engine at work on a raw channel: the handshake, then bytes in and out.
///
/// One write makes as many records as it needs and sends them together. Idle, it holds no large
/// buffer. One thread reads while one thread writes; the reader never writes, so what the engine
/// has to answer to the remote (a change of keys) goes out in front of the next write.
public final class TlsPipe {
    private static final int HEADER_BYTES = 5;

    /// The largest record of TLS 1.3: its content, and what encryption may add.
    private static final int RECORD_MAX = (1 << 14) + 256;

    /// Records without a byte of content, such as changes of keys, that may come in a row.
    private static final int BARREN_MAX = 32;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final RawChannel channel;
    private final ChannelInput input;
    private final BufferPool pool;

    /// Plaintext that the reader did not ask for yet, in a borrowed buffer.
    private byte @Nullable [] plain;

    private int plainPosition;
    private int plainLimit;
    private int barren;

    /// `input` reads from `channel`; `engine` has its side and its parameters.
    public TlsPipe(SSLEngine engine, RawChannel channel, ChannelInput input, BufferPool pool) {
        this.engine = engine;
        this.channel = channel;
        this.input = input;
        this.pool = pool;
    }

    /// What the engine of a dialer says first, taken from it before there is a pipe.
    static byte[] firstMessage(SSLEngine engine) throws IOException {
        engine.beginHandshake();
        var hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(NOTHING, hello);
        var message = new byte[hello.position()];
        hello.flip().get(message);
        return message;
    }

    /// Runs the handshake to its end. Throws [ProtocolException] with what was wrong, and tells the
    /// remote.
    public void handshake() throws IOException {
        var buffer = pool.take();
        var outgoing = ByteBuffer.wrap(buffer);
        try {
            shake(outgoing);
        } catch (SSLException e) {
            sayWhy(outgoing.clear());
            throw new ProtocolException("tls: " + reason(e), e);
        }
        pool.give(buffer); // Not after an exception: the collector takes it then.
    }

    private void shake(ByteBuffer outgoing) throws IOException {
        if (engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
            engine.beginHandshake();
        }
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrap(NOTHING, outgoing);
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    flush(outgoing);
                    if (!awaitRecord() || unwrap(NOTHING).getStatus() == Status.CLOSED) {
                        throw new EOFException("remote closed the connection in the handshake");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    flush(outgoing);
                    return;
                }
            }
        }
    }

    private void runTasks() {
        for (Runnable task; (task = engine.getDelegatedTask()) != null; ) {
            task.run();
        }
    }

    /// The engine has an alert for the remote. That it arrives does not matter any more.
    private void sayWhy(ByteBuffer alert) {
        try {
            if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                engine.wrap(NOTHING, alert);
                flush(alert);
            }
        } catch (IOException _) {
            // It has gone already.
        }
    }

    /// The innermost reason: the engine wraps what the rules for certificates say.
    private static String reason(SSLException failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return String.valueOf(deepest.getMessage());
    }

    /// Reads at least one byte of plaintext; -1 at the end of the channel.
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            var done = 0;
            while (done == 0) {
                if (buffered()) {
                    done = copyPlain(into, offset, length);
                } else if (!awaitRecord()) {
                    return -1;
                } else {
                    done = decrypt(into, offset, length);
                }
                if (done < 0) {
                    return -1;
                }
            }
            return done + decryptMore(into, offset + done, length - done);
        } catch (SSLException e) {
            throw new ProtocolException("tls: " + reason(e), e);
        }
    }

    /// Whole records that are here already and fit save the caller a round.
    private int decryptMore(byte[] into, int offset, int length) throws IOException {
        var done = 0;
        while (!buffered() && recordHere() && recordBytes() <= length - done) {
            var size = decrypt(into, offset + done, length - done);
            if (size <= 0) {
                break; // At the end: the next read finds that again.
            }
            done += size;
        }
        return done;
    }

    /// Decrypts one record: to the caller if it fits there, else to a buffer of ours. Returns what
    /// the caller got, -1 at the end.
    private int decrypt(byte[] into, int offset, int length) throws IOException {
        var fits = recordBytes() <= length;
        var target = fits ? ByteBuffer.wrap(into, offset, length) : ByteBuffer.wrap(borrow());
        var result = unwrap(target);
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        var size = result.bytesProduced();
        barren = size > 0 ? 0 : barren + 1;
        if (barren > BARREN_MAX) {
            throw new ProtocolException("tls: too many records without content");
        }
        if (!fits) {
            plainPosition = 0;
            plainLimit = size;
            giveBackIfRead();
        }
        if (result.getStatus() == Status.CLOSED) {
            return -1;
        }
        return fits ? size : 0;
    }

    private byte[] borrow() {
        if (plain == null) {
            plain = pool.take();
        }
        return plain;
    }

    private int copyPlain(byte[] into, int offset, int length) {
        var buffer = borrow();
        var size = Math.min(length, plainLimit - plainPosition);
        System.arraycopy(buffer, plainPosition, into, offset, size);
        plainPosition += size;
        giveBackIfRead();
        return size;
    }

    private void giveBackIfRead() {
        if (plain != null && !buffered()) {
            pool.give(plain);
            plain = null;
        }
    }

    /// True when [#read] surely does not block.
    public boolean buffered() {
        return plainPosition < plainLimit;
    }

    /// True when [#read] surely blocks now.
    public boolean idle() {
        return !buffered() && !recordHere() && channel.idle();
    }

    /// False when the channel ends before the first byte of a record.
    private boolean awaitRecord() throws IOException {
        if (!input.await(HEADER_BYTES)) {
            return false;
        }
        if (recordBytes() > HEADER_BYTES + RECORD_MAX) {
            throw new ProtocolException("tls: record of %d bytes".formatted(recordBytes()));
        }
        return input.await(recordBytes());
    }

    private boolean recordHere() {
        return input.available() >= HEADER_BYTES && input.available() >= recordBytes();
    }

    private int recordBytes() {
        var array = input.array();
        var at = input.position() + HEADER_BYTES - 2;
        return HEADER_BYTES + ((array[at] & 0xff) << 8 | array[at + 1] & 0xff);
    }

    private SSLEngineResult unwrap(ByteBuffer target) throws IOException {
        var record = ByteBuffer.wrap(input.array(), input.position(), recordBytes());
        var result = engine.unwrap(record, target);
        input.skip(result.bytesConsumed());
        return result;
    }

    /// Sends all of `from[offset, offset + length)`.
    public void write(byte[] from, int offset, int length) throws IOException {
        var buffer = pool.take();
        var source = ByteBuffer.wrap(from, offset, length);
        var outgoing = ByteBuffer.wrap(buffer);
        while (source.hasRemaining()) {
            wrap(source, outgoing);
        }
        flush(outgoing);
        pool.give(buffer); // Not after an exception: the collector takes it then.
    }

    /// Makes one record, after sending those before it if there is no room.
    private void wrap(ByteBuffer source, ByteBuffer outgoing) throws IOException {
        if (outgoing.remaining() < engine.getSession().getPacketBufferSize()) {
            flush(outgoing);
        }
        if (engine.wrap(source, outgoing).getStatus() == Status.CLOSED) {
            flush(outgoing);
            throw new IOException("the TLS connection is closed");
        }
    }

    private void flush(ByteBuffer outgoing) throws IOException {
        if (outgoing.position() > 0) {
            channel.write(outgoing.array(), outgoing.arrayOffset(), outgoing.position());
            outgoing.clear();
        }
    }
}
