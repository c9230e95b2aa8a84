package org.p2prmb.libp2p.websocket;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.websocket.FrameHeader.Opcode;

import java.io.EOFException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/// A WebSocket whose binary frames carry a stream of bytes; where one frame ends and the next
/// begins means nothing.
///
/// The first read or write upgrades the HTTP connection, so that it takes the time of whoever
/// wants bytes; until it has returned only one thread may use this. The reader never writes, or
/// two ends that both send much would wait for each other: what it owes to a ping is sent by a
/// thread of its own, the last answer only, as the RFC allows.
final class WebSocketChannel implements RawChannel {
    private static final int NORMAL_CLOSURE = 1000;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int UNACCEPTABLE_DATA = 1003;

    /// The bit that the opcodes of control have.
    private static final int CONTROL = 8;

    /// A write up to this size does not borrow a large buffer.
    private static final int SMALL_WRITE_MAX = 4096;

    private final RawChannel under;
    private final Multiaddr localAddress;
    private final Multiaddr remoteAddress;
    private final Opening opening;
    private final boolean client;
    private final SecureRandom random;
    private final BufferPool pool;
    private final ChannelInput input;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicReference<@Nullable Answer> owed = new AtomicReference<>();
    private boolean open;

    /// The frame that is being read, what is left of it, and whether its message goes on after it.
    private @Nullable FrameHeader frame;

    private long left;
    private boolean inMessage;

    /// The exchange that makes a WebSocket of the channel beneath.
    interface Opening {
        void run(ChannelInput input, RawChannel under) throws IOException;
    }

    private record Answer(Opcode opcode, Bytes payload) {}

    /// @param client whether we mask, and the remote does not
    WebSocketChannel(
            RawChannel under,
            Multiaddr localAddress,
            Multiaddr remoteAddress,
            Opening opening,
            boolean client,
            SecureRandom random,
            BufferPool pool) {
        this.under = under;
        this.localAddress = localAddress;
        this.remoteAddress = remoteAddress;
        this.opening = opening;
        this.client = client;
        this.random = random;
        this.pool = pool;
        this.input = new ChannelInput(under, pool);
    }

    private void open() throws IOException {
        if (!open) {
            opening.run(input, under);
            open = true;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        open();
        if (length == 0) {
            return 0;
        }
        while (left == 0) {
            if (!nextFrame()) {
                return -1;
            }
        }
        return readPayload(into, offset, (int) Math.min(length, left));
    }

    /// What is here already is copied; the rest of a frame comes past our buffer.
    private int readPayload(byte[] into, int offset, int length) throws IOException {
        int size;
        if (input.available() > 0) {
            size = Math.min(length, input.available());
            System.arraycopy(input.array(), input.position(), into, offset, size);
            input.skip(size);
        } else {
            size = under.read(into, offset, length);
            if (size < 0) {
                throw new EOFException("remote closed the connection in the middle of a frame");
            }
        }
        var current = frame;
        if (current != null && current.masked()) {
            Mask.apply(current.mask(), current.length() - left, into, offset, size);
        }
        left -= size;
        return size;
    }

    /// Reads one header, and the whole frame if it is one of control. False at the end.
    private boolean nextFrame() throws IOException {
        if (!input.await(FrameHeader.BYTES_MIN)) {
            return false;
        }
        var array = input.array();
        var at = input.position();
        var size = FrameHeader.size(array[at], array[at + 1]);
        input.await(size);
        FrameHeader header;
        try {
            header = FrameHeader.decode(input.array(), input.position());
            require(header.masked() != client, "a frame masked by the wrong side");
        } catch (ProtocolException e) {
            answer(closing(PROTOCOL_ERROR));
            throw e;
        }
        input.skip(size);
        frame = header;
        return switch (header.opcode()) {
            case BINARY -> data(header, false);
            case CONTINUATION -> data(header, true);
            case TEXT -> {
                answer(closing(UNACCEPTABLE_DATA));
                throw new ProtocolException("websocket: a frame of text");
            }
            case PING -> {
                answer(new Answer(Opcode.PONG, control(header)));
                yield true;
            }
            case PONG -> {
                control(header);
                yield true;
            }
            case CLOSE -> {
                control(header);
                answer(closing(NORMAL_CLOSURE));
                yield false;
            }
        };
    }

    private boolean data(FrameHeader header, boolean goesOn) throws IOException {
        if (goesOn != inMessage) {
            answer(closing(PROTOCOL_ERROR));
            throw new ProtocolException("websocket: a frame in or after another message");
        }
        inMessage = !header.last();
        left = header.length();
        return true;
    }

    /// The payload of a frame of control, which is short.
    private Bytes control(FrameHeader header) throws IOException {
        var payload = new byte[(int) header.length()];
        if (!input.await(payload.length)) {
            throw new EOFException("remote closed the connection in the middle of a frame");
        }
        System.arraycopy(input.array(), input.position(), payload, 0, payload.length);
        input.skip(payload.length);
        Mask.apply(header.mask(), 0, payload, 0, payload.length);
        return Bytes.wrap(payload);
    }

    private static void require(boolean right, String otherwise) throws ProtocolException {
        if (!right) {
            throw new ProtocolException("websocket: " + otherwise);
        }
    }

    private static Answer closing(int code) {
        var payload = new byte[] {(byte) (code >>> 8), (byte) code};
        return new Answer(Opcode.CLOSE, Bytes.wrap(payload));
    }

    /// Leaves the answer to a thread of its own, unless one is about to send the last answer.
    private void answer(Answer answer) {
        if (owed.getAndSet(answer) == null) {
            Thread.ofVirtual().name("websocket-answer").start(this::sendAnswer);
        }
    }

    private void sendAnswer() {
        writing.lock();
        try {
            var answer = owed.getAndSet(null);
            if (answer != null) {
                var payload = answer.payload().unsafeArray();
                var buffer = new byte[payload.length + FrameHeader.BYTES_MAX];
                writeFrame(answer.opcode(), payload, 0, payload.length, buffer);
            }
        } catch (IOException _) {
            close(); // The reader finds out.
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        open();
        writing.lock();
        try {
            if (length <= SMALL_WRITE_MAX) {
                var buffer = new byte[length + FrameHeader.BYTES_MAX];
                writeFrame(Opcode.BINARY, from, offset, length, buffer);
            } else {
                writeFrames(from, offset, length);
            }
        } finally {
            writing.unlock();
        }
    }

    private void writeFrames(byte[] from, int offset, int length) throws IOException {
        var buffer = pool.take();
        for (var done = 0; done < length; ) {
            var part = Math.min(length - done, buffer.length - FrameHeader.BYTES_MAX);
            writeFrame(Opcode.BINARY, from, offset + done, part, buffer);
            done += part;
        }
        pool.give(buffer); // Not after an exception: the collector takes it then.
    }

    private void writeFrame(Opcode opcode, byte[] from, int offset, int length, byte[] buffer)
            throws IOException {
        var mask = client ? random.nextInt() : 0;
        var payload = new FrameHeader(true, opcode, length, client, mask).write(buffer, 0);
        System.arraycopy(from, offset, buffer, payload, length);
        if (client) {
            Mask.apply(mask, 0, buffer, payload, length);
        }
        under.write(buffer, 0, payload + length);
    }

    /// The beginning of a header, or a frame of control, is nothing to read.
    @Override
    public boolean idle() {
        return under.idle() && !payloadHere();
    }

    private boolean payloadHere() {
        if (left > 0 || input.available() < FrameHeader.BYTES_MIN) {
            return left > 0 && input.available() > 0;
        }
        var array = input.array();
        var at = input.position();
        return (array[at] & CONTROL) == 0
                && input.available() > FrameHeader.size(array[at], array[at + 1]);
    }

    @Override
    public Multiaddr localAddress() {
        return localAddress;
    }

    @Override
    public Multiaddr remoteAddress() {
        return remoteAddress;
    }

    @Override
    public void close() {
        under.close();
    }
}
