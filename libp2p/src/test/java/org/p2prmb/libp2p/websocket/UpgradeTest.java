package org.p2prmb.libp2p.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multistream.TokenInput;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// The HTTP exchange in front of a WebSocket, against texts.
final class UpgradeTest {
    private static final String REQUEST =
            """
            GET /chat HTTP/1.1\r
            Host: server.example.com\r
            upgrade: WebSocket\r
            Connection: keep-alive, Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Origin: http://example.com\r
            Sec-WebSocket-Version: 13\r
            \r
            """;

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

    private static TokenInput text(String text) {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return new TokenInput() {
            private int at;

            @Override
            public int next() throws IOException {
                if (at == bytes.length) {
                    throw new EOFException("the end");
                }
                return bytes[at++] & 0xff;
            }

            @Override
            public boolean buffered() {
                return at < bytes.length;
            }
        };
    }

    private void answer(String request) throws IOException {
        sent.reset();
        Upgrade.answer(text(request), sent::write);
    }

    private void request(String response) throws IOException {
        sent.reset();
        Upgrade.request(text(response), sent::write, "127.0.0.1:1", new SecureRandom());
    }

    private void assertRefused(String request, String status) {
        assertThatThrownBy(() -> answer(request)).isInstanceOf(ProtocolException.class);
        assertThat(sent.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 " + status);
    }

    /// The example of RFC 6455, section 1.3, with bytes of the first frame behind it.
    @Test
    void theExampleOfTheRfcIsAccepted() throws IOException {
        var input = text(REQUEST + "frame");
        Upgrade.answer(input, sent::write);

        assertThat(sent.toString(StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 101 ")
                .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
                .endsWith("\r\n\r\n");
        assertThat((char) input.next()).isEqualTo('f');
    }

    @Test
    void ourRequestIsOneThatWeAccept() throws IOException {
        assertThatThrownBy(() -> request("")).isInstanceOf(EOFException.class);
        var asked = sent.toString(StandardCharsets.US_ASCII);
        assertThat(asked).startsWith("GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n");

        answer(asked);

        assertThat(sent.toString(StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 101 ");
    }

    @Test
    void otherRequestsGetAnErrorOfHttp() {
        assertRefused(REQUEST.replace("GET ", "POST "), "400");
        assertRefused(REQUEST.replace("HTTP/1.1", "HTTP/1.0"), "400");
        assertRefused(REQUEST.replace("WebSocket", "h2c"), "426");
        assertRefused(REQUEST.replace("keep-alive, Upgrade", "keep-alive"), "426");
        assertRefused(REQUEST.replace("Version: 13", "Version: 8"), "426");
        assertRefused(REQUEST.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="), "400");
        assertRefused(REQUEST.replace("dGhlIHNhbXBsZSBub25jZQ==", "?"), "400");
        assertRefused(REQUEST.replace("Host:", "Post:"), "400");
    }

    @Test
    void headsThatAreMalformedOrHugeAreRefused() {
        assertRefused(REQUEST.replace("Origin:", "Origin :"), "400");
        assertRefused(REQUEST.replace("Origin:", " folded:"), "400");
        assertRefused(REQUEST.replace("\r\n", "\n"), "400");
        assertRefused(REQUEST.replace("chat", "ch\0at"), "400");
        assertRefused(REQUEST.replace("chat", "ch\rat"), "400");
        assertRefused("GET /" + "a".repeat(HttpHead.BYTES_MAX), "400");
        assertRefused(
                REQUEST.replace("Origin:", "A: b\r\n".repeat(HttpHead.HEADERS_MAX) + "O:"), "400");
    }

    @Test
    void answersOfServersThatDidNotUnderstandAreRefused() {
        var accepted =
                """
                HTTP/1.1 101 Switching Protocols\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
                \r
                """;
        assertThatThrownBy(() -> request(accepted)).hasMessageContaining("did not accept our key");
        assertThatThrownBy(() -> request("HTTP/1.1 404 Not Found\r\n\r\n"))
                .hasMessageContaining("404 Not Found");
        assertThatThrownBy(() -> request("SSH-2.0-OpenSSH\r\n\r\n"))
                .hasMessageContaining("answers \"SSH-2.0-OpenSSH\"");
    }

    @Test
    void noMutantOfARequestDoesHarm() {
        var honest = REQUEST.getBytes(StandardCharsets.ISO_8859_1);
        Seeds.forEach(
                2000,
                seed -> {
                    var mutant = Seeds.mutate(seed, honest);
                    try {
                        answer(new String(mutant, StandardCharsets.ISO_8859_1));
                    } catch (ProtocolException | EOFException _) {
                        // Refused, or it waits for the rest.
                    }
                });
    }
}
