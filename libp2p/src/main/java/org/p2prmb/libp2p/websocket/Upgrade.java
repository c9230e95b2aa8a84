package org.p2prmb.libp2p.websocket;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multistream.TokenInput;
import org.p2prmb.libp2p.multistream.TokenOutput;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// How an HTTP connection becomes a WebSocket, both sides.
///
/// ```
/// client                                       server
///   | -- GET / HTTP/1.1, Upgrade, a key --------> |
///   | <- 101 Switching Protocols, key accepted -- |
/// ```
///
/// No extension and no subprotocol is agreed on. See
/// [RFC 6455, section 4](https://www.rfc-editor.org/rfc/rfc6455#section-4).
final class Upgrade {
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    /// What both sides append to the key, so that nobody agrees by chance.
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Upgrade() {}

    /// Asks the server at `host` (name or address, with its port). Throws with what it answered
    /// instead.
    static void request(TokenInput input, TokenOutput output, String host, SecureRandom random)
            throws IOException {
        var nonce = new byte[KEY_BYTES];
        random.nextBytes(nonce);
        var key = Base64.getEncoder().encodeToString(nonce);
        var headers = new LinkedHashMap<String, String>();
        headers.put("Host", host);
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Key", key);
        headers.put("Sec-WebSocket-Version", VERSION);
        send(output, HttpHead.encode("GET / HTTP/1.1", headers));
        requireAgreement(HttpHead.read(input), key);
    }

    private static void requireAgreement(HttpHead response, String key) throws ProtocolException {
        var status = response.line().split(" ", 3);
        if (status.length < 2 || !status[0].equals("HTTP/1.1") || !status[1].equals("101")) {
            throw new ProtocolException("websocket: the server answers " + quoted(response.line()));
        }
        var accepted = response.header("Sec-WebSocket-Accept").orElse("");
        if (!response.lists("Upgrade", "websocket")
                || !response.lists("Connection", "Upgrade")
                || !accepted.equals(accept(key))) {
            throw new ProtocolException("websocket: the server did not accept our key");
        }
        if (response.header("Sec-WebSocket-Extensions").isPresent()
                || response.header("Sec-WebSocket-Protocol").isPresent()) {
            throw new ProtocolException("websocket: the server wants what we did not offer");
        }
    }

    /// It is the remote's text, and goes into an error message.
    private static String quoted(String line) {
        var shown = line.length() > 80 ? line.substring(0, 80) + "…" : line;
        return "\"" + shown + "\"";
    }

    /// Answers a client. When it asks for something else it gets an error, and this throws.
    static void answer(TokenInput input, TokenOutput output) throws IOException {
        HttpHead request;
        try {
            request = HttpHead.read(input);
        } catch (ProtocolException e) {
            refuse(output, "400 Bad Request", Map.of());
            throw e;
        }
        var line = request.line().split(" ", -1);
        if (line.length != 3 || !line[0].equals("GET") || !line[2].equals("HTTP/1.1")) {
            refuse(output, "400 Bad Request", Map.of());
            throw new ProtocolException("websocket: no GET request of HTTP/1.1");
        }
        if (!request.lists("Upgrade", "websocket") || !request.lists("Connection", "Upgrade")) {
            refuse(output, "426 Upgrade Required", Map.of("Upgrade", "websocket"));
            throw new ProtocolException("websocket: the client asks for no upgrade");
        }
        if (!request.header("Sec-WebSocket-Version").equals(java.util.Optional.of(VERSION))) {
            refuse(output, "426 Upgrade Required", Map.of("Sec-WebSocket-Version", VERSION));
            throw new ProtocolException("websocket: the client speaks another version");
        }
        var key = request.header("Sec-WebSocket-Key").orElse("");
        if (!isKey(key) || request.header("Host").isEmpty()) {
            refuse(output, "400 Bad Request", Map.of());
            throw new ProtocolException("websocket: the client sends no key or no host");
        }
        var headers = new LinkedHashMap<String, String>();
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Accept", accept(key));
        send(output, HttpHead.encode("HTTP/1.1 101 Switching Protocols", headers));
    }

    private static void refuse(TokenOutput output, String status, Map<String, String> why)
            throws IOException {
        var headers = new LinkedHashMap<>(why);
        headers.put("Connection", "close");
        headers.put("Content-Length", "0");
        send(output, HttpHead.encode("HTTP/1.1 " + status, headers));
    }

    private static boolean isKey(String text) {
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    static String accept(String key) {
        try {
            var hash = MessageDigest.getInstance("SHA-1");
            var bytes = hash.digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-1", e);
        }
    }

    private static void send(TokenOutput output, byte[] bytes) throws IOException {
        output.write(bytes, 0, bytes.length);
    }
}
