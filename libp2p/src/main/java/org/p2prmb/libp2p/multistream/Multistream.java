package org.p2prmb.libp2p.multistream;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// multistream-select 1.0, both sides.
///
/// ```
/// dialer                                        listener
///   | -- /multistream/1.0.0  /b/2  [data] --------> |   one packet
///   | <- /multistream/1.0.0  na ------------------- |   or the echo of /b/2
///   | -- /b/1 ------------------------------------> |   only if it was na
///   | <- /b/1 ------------------------------------- |
/// ```
///
/// A dialer with one protocol may send data right behind its proposal and check the answer when
/// it first reads ([#proposal], [#confirm]). See the
/// [specification](https://github.com/multiformats/multistream-select).
public final class Multistream {
    private static final String HEADER = "/multistream/1.0.0";
    private static final String NOT_AVAILABLE = "na";
    private static final String LIST = "ls";

    /// Tokens that a listener answers before it gives up on a dialer.
    private static final int ROUNDS_MAX = 32;

    /// Names listed in answer to `ls`, so that the answer stays small.
    private static final int LISTED_MAX = 256;

    private static final byte[] HEADER_TOKEN = Tokens.encode(HEADER);

    private Multistream() {}

    /// What a dialer with one protocol sends, with or without data behind it.
    public static byte[] proposal(String protocol) {
        return join(HEADER_TOKEN, Tokens.encode(protocol));
    }

    /// Reads the answer to [#proposal]; throws [ProtocolException] when it is a refusal.
    public static void confirm(TokenInput input, String protocol) throws IOException {
        if (!accepts(input, protocol)) {
            throw new ProtocolException("remote does not speak " + protocol);
        }
    }

    /// Reads the answer to [#proposal] as [#confirm] does; false when it is a refusal.
    public static boolean accepts(TokenInput input, String protocol) throws IOException {
        requireHeader(Tokens.read(input));
        return accepted(Tokens.read(input), protocol);
    }

    /// The first of `protocols` that the listener speaks; throws [ProtocolException] when there is
    /// none.
    public static String select(TokenInput input, TokenOutput output, List<String> protocols)
            throws IOException {
        send(output, proposal(protocols.getFirst()));
        requireHeader(Tokens.read(input));
        for (var i = 0; i < protocols.size(); i++) {
            if (i > 0) {
                send(output, Tokens.encode(protocols.get(i)));
            }
            if (accepted(Tokens.read(input), protocols.get(i))) {
                return protocols.get(i);
            }
        }
        throw new ProtocolException("remote speaks none of " + protocols);
    }

    /// What a listener agreed to, and the answer that it still has to send: alone, or in front of
    /// its first data when it has some before it must wait.
    public record Agreement(String protocol, Bytes reply) {}

    /// Serves a dialer until it proposes a protocol that is `spoken`. Empty when it was refused
    /// and then sent no further proposal: data of a lazy dialer may follow, or nothing at all.
    ///
    /// `listed` is asked for names only when the dialer wants a list.
    public static Optional<Agreement> answer(
            TokenInput input,
            TokenOutput output,
            Predicate<String> spoken,
            Supplier<List<String>> listed)
            throws IOException {
        requireHeader(Tokens.read(input));
        var reply = HEADER_TOKEN;
        var refused = false;
        for (var round = 0; round < ROUNDS_MAX; round++) {
            if (!input.buffered() && reply.length > 0) {
                // The dialer may wait for our header before it proposes anything.
                send(output, reply);
                reply = new byte[0];
            }
            var token = refused ? readProposal(input) : Optional.of(Tokens.read(input));
            if (token.isEmpty()) {
                return Optional.empty();
            }
            var name = token.get();
            if (name.startsWith("/") && spoken.test(name)) {
                var agreed = Bytes.wrap(join(reply, Tokens.encode(name)));
                return Optional.of(new Agreement(name, agreed));
            }
            send(output, join(reply, refusalOrList(name, listed)));
            reply = new byte[0];
            refused = true;
        }
        throw new ProtocolException("no agreement after %d proposals".formatted(ROUNDS_MAX));
    }

    private static Optional<String> readProposal(TokenInput input) throws IOException {
        try {
            return Optional.of(Tokens.read(input));
        } catch (ProtocolException | EOFException _) {
            return Optional.empty();
        }
    }

    private static byte[] refusalOrList(String token, Supplier<List<String>> listed) {
        return token.equals(LIST) ? list(listed.get()) : Tokens.encode(NOT_AVAILABLE);
    }

    /// Each name with its own prefix, all of them inside one token.
    private static byte[] list(List<String> names) {
        var nested = new ByteArrayOutputStream();
        names.stream().limit(LISTED_MAX).map(Tokens::encode).forEach(nested::writeBytes);
        nested.write('\n');
        return join(Varint.encode(nested.size()), nested.toByteArray());
    }

    private static void requireHeader(String token) throws ProtocolException {
        if (!token.equals(HEADER)) {
            throw new ProtocolException("remote does not begin with " + HEADER);
        }
    }

    private static boolean accepted(String answer, String protocol) throws ProtocolException {
        if (answer.equals(NOT_AVAILABLE)) {
            return false;
        }
        if (!answer.equals(protocol)) {
            throw new ProtocolException("remote answered another protocol than " + protocol);
        }
        return true;
    }

    private static void send(TokenOutput output, byte[] bytes) throws IOException {
        output.write(bytes, 0, bytes.length);
    }

    private static byte[] join(byte[] head, byte[] tail) {
        var joined = new byte[head.length + tail.length];
        System.arraycopy(head, 0, joined, 0, head.length);
        System.arraycopy(tail, 0, joined, head.length, tail.length);
        return joined;
    }

    /// One token: uvarint length, UTF-8 text, newline; the length counts the newline.
    static final class Tokens {
        static final int BYTES_MAX = 1024;

        private Tokens() {}

        static byte[] encode(String text) {
            var body = (text + "\n").getBytes(StandardCharsets.UTF_8);
            if (body.length > BYTES_MAX) {
                throw new IllegalArgumentException("protocol name too long: " + text);
            }
            return join(Varint.encode(body.length), body);
        }

        static String read(TokenInput input) throws IOException {
            var length = readLength(input);
            var body = new byte[length];
            for (var i = 0; i < length; i++) {
                body[i] = (byte) input.next();
            }
            if (body[length - 1] != '\n') {
                throw new ProtocolException("negotiation token without a newline");
            }
            return new String(body, 0, length - 1, StandardCharsets.UTF_8);
        }

        /// At most two bytes, because the largest length needs no more.
        private static int readLength(TokenInput input) throws IOException {
            var low = input.next();
            var length = low < 0x80 ? low : (low & 0x7f) | (input.next() << 7);
            var minimal = low < 0x80 || length >= 0x80;
            if (!minimal || length == 0 || length > BYTES_MAX) {
                throw new ProtocolException("negotiation token of a wrong length");
            }
            return length;
        }
    }
}
