package org.p2prmb.interop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Stream;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// Our side of the conversations that `rust-peer/README.md` describes: each either as the opener
/// of the stream or as its listener.
final class Conversations {
    static final String TRANSFER = "/rmb-test/transfer/1.0.0";
    static final String HALF_CLOSE = "/rmb-test/half-close/1.0.0";
    static final String RESET = "/rmb-test/reset/1.0.0";

    /// More than any window at the start, so that windows must still be opened after the close.
    static final int LATE_BYTES = 1024 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final String RESET_BY_REMOTE = "stream was reset by the remote";
    private static final char OPENER = 'o';
    private static final char LISTENER = 'l';

    private Conversations() {}

    static ObjectNode transfer(Stream stream, long up, long down) throws IOException {
        stream.write(ByteBuffer.allocate(Long.BYTES).putLong(down).array(), 0, Long.BYTES);
        var outcome = JSON.createObjectNode().put("sent", send(stream, up));
        stream.closeWrite();
        return receive(stream, outcome);
    }

    static ObjectNode serveTransfer(Stream stream) throws IOException {
        var wanted = ByteBuffer.allocate(Long.BYTES);
        for (var index = 0; index < Long.BYTES; index++) {
            wanted.put(readByte(stream));
        }
        var outcome = receive(stream, JSON.createObjectNode());
        outcome.put("sent", send(stream, wanted.getLong(0)));
        stream.closeWrite();
        return outcome;
    }

    static ObjectNode halfClose(Stream stream, char first) throws IOException {
        stream.write(new byte[] {(byte) first}, 0, 1);
        if (first == OPENER) {
            stream.closeWrite();
            return receive(stream, JSON.createObjectNode());
        }
        var outcome = receive(stream, JSON.createObjectNode());
        send(stream, LATE_BYTES);
        stream.closeWrite();
        return outcome;
    }

    static ObjectNode serveHalfClose(Stream stream) throws IOException {
        var first = readByte(stream);
        if (first == LISTENER) {
            stream.closeWrite();
        }
        var outcome = receive(stream, JSON.createObjectNode());
        if (first == OPENER) {
            send(stream, LATE_BYTES);
            stream.closeWrite();
        }
        return outcome;
    }

    static ObjectNode reset(Stream stream, char by) throws IOException {
        stream.write(new byte[] {(byte) by}, 0, 1);
        if (by == OPENER) {
            readByte(stream);
            stream.reset();
            return JSON.createObjectNode().put("reset", true);
        }
        return JSON.createObjectNode().put("reset", wasReset(stream));
    }

    static ObjectNode serveReset(Stream stream) throws IOException {
        var by = readByte(stream);
        if (by == LISTENER) {
            stream.reset();
            return JSON.createObjectNode().put("reset", true);
        }
        stream.write(new byte[] {by}, 0, 1);
        return JSON.createObjectNode().put("reset", wasReset(stream));
    }

    /// Throws when the stream fails for another reason: a timeout, or the connection's end.
    private static boolean wasReset(Stream stream) throws IOException {
        try {
            receive(stream, JSON.createObjectNode());
            return false;
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).startsWith(RESET_BY_REMOTE)) {
                return true;
            }
            throw e;
        }
    }

    private static byte readByte(Stream stream) throws IOException {
        var one = new byte[1];
        if (stream.read(one, 0, 1) < 0) {
            throw new EOFException("the stream ended before it began");
        }
        return one[0];
    }

    /// Sends random bytes; their hash.
    private static String send(Stream stream, long bytes) throws IOException {
        var random = new SplittableRandom();
        var hash = sha256();
        var chunk = new byte[CHUNK_BYTES];
        for (var left = bytes; left > 0; left -= chunk.length) {
            random.nextBytes(chunk);
            var size = (int) Math.min(left, chunk.length);
            stream.write(chunk, 0, size);
            hash.update(chunk, 0, size);
        }
        return HexFormat.of().formatHex(hash.digest());
    }

    /// Reads until the end and adds how much that was and its hash.
    private static ObjectNode receive(Stream stream, ObjectNode outcome) throws IOException {
        var hash = sha256();
        var chunk = new byte[CHUNK_BYTES];
        var total = 0L;
        for (var count = 0; (count = stream.read(chunk, 0, chunk.length)) >= 0; ) {
            hash.update(chunk, 0, count);
            total += count;
        }
        return outcome.put("received", HexFormat.of().formatHex(hash.digest())).put("bytes", total);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
