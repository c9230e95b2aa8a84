package org.p2prmb.ledgers.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.FakeNode.Reply;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

final class JsonRpcTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void aQuestionIsAskedAsTheSpecificationSays() throws IOException, LedgerException {
        try (var node = new FakeNode(_ -> Reply.of("{\"id\":1,\"result\":{\"a\":0.10000001}}"));
                var rpc = node.rpc("user:word", LIMIT)) {
            var answer = rpc.ask("getthing", 7, List.of("x"), true);
            assertThat(Answer.decimal(answer, "a")).isEqualByComparingTo("0.10000001");
            assertThat(node.questions)
                    .containsExactly(
                            "Basic dXNlcjp3b3Jk{\"jsonrpc\":\"2.0\",\"id\":1,"
                                    + "\"method\":\"getthing\",\"params\":[7,[\"x\"],true]}");
        }
    }

    @Test
    void aRefusalIsToldFromAFailure() throws IOException, LedgerException {
        var body = "{\"result\":null,\"error\":{\"code\":-27,\"message\":\"known already\"}}";
        try (var node = new FakeNode(_ -> new Reply(500, body, body.length()));
                var rpc = node.rpc("", LIMIT)) {
            assertThatThrownBy(() -> rpc.tryAsk("send"))
                    .isInstanceOfSatisfying(
                            RpcRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo(-27))
                    .hasMessage("known already");
            assertThatThrownBy(() -> rpc.ask("send"))
                    .isInstanceOf(LedgerException.class)
                    .hasMessage("send: known already");
        }
    }

    @Test
    void whatIsNoAnswerIsAFailure() throws IOException {
        for (var body : List.of("<html>", "", "[]", "{}", "{\"result\":")) {
            try (var node = new FakeNode(_ -> Reply.of(body));
                    var rpc = node.rpc("", LIMIT)) {
                assertThatThrownBy(() -> rpc.ask("any")).isInstanceOf(LedgerException.class);
            }
        }
        try (var node = new FakeNode(_ -> new Reply(401, "", -1));
                var rpc = node.rpc("a:b", LIMIT)) {
            assertThatThrownBy(() -> rpc.ask("any")).hasMessageContaining("user and password");
        }
    }

    @Test
    void aBodyThatNeverEndsIsGivenUp() throws IOException {
        try (var node = new FakeNode(_ -> new Reply(200, "{\"result\":", 100));
                var rpc = node.rpc("", Duration.ofMillis(300))) {
            assertThatThrownBy(() -> rpc.ask("any"))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("no answer from 127.0.0.1")
                    .hasMessageNotContaining("secret-path");
        }
    }

    @Test
    void aBodyThatIsTooLargeIsNotRead() throws IOException {
        var huge = " ".repeat(JsonRpc.ANSWER_BYTES_MAX) + "{\"result\":1}";
        try (var node = new FakeNode(_ -> Reply.of(huge));
                var rpc = node.rpc("", LIMIT)) {
            assertThatThrownBy(() -> rpc.ask("any"))
                    .isInstanceOf(LedgerException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void whatOnlyReadsIsAskedAgainWhenTheConnectionEndsWithoutAWord() throws Exception {
        try (var node = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                var rpc = rpc(node)) {
            var answers = serve(node, false, true);
            assertThat(rpc.ask("getblockcount").asInt()).isEqualTo(7);
            answers.join();
        }
    }

    @Test
    void twiceIsEnough() throws Exception {
        try (var node = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                var rpc = rpc(node)) {
            var answers = serve(node, false, false, true);
            assertThatThrownBy(() -> rpc.ask("eth_call")).isInstanceOf(LedgerException.class);
            assertThat(rpc.ask("eth_call").asInt()).isEqualTo(7);
            answers.join();
        }
    }

    @Test
    void whatChangesSomethingIsNotAskedAgain() throws Exception {
        for (var method : List.of("eth_sendRawTransaction", "generatetoaddress", "anvil_mine")) {
            try (var node = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                    var rpc = rpc(node)) {
                var answers = serve(node, false, true);
                assertThatThrownBy(() -> rpc.ask(method)).isInstanceOf(LedgerException.class);
                assertThat(rpc.ask(method).asInt()).isEqualTo(7);
                answers.join();
            }
        }
    }

    private static JsonRpc rpc(ServerSocket node) {
        return new JsonRpc(URI.create("http://127.0.0.1:" + node.getLocalPort()), "", LIMIT);
    }

    /// One connection after the other with one question each, answered or cut off.
    private static Thread serve(ServerSocket node, boolean... answered) {
        return Thread.startVirtualThread(() -> {
            for (var answer : answered) {
                try (var socket = node.accept()) {
                    var asked = socket.getInputStream();
                    while (asked.read() != '}') {} // A question without parameters.
                    if (answer) {
                        var text =
                                "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                                        + "Content-Length: 12\r\n\r\n{\"result\":7}";
                        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }

    @Test
    void nothingButHttpIsSpoken() {
        assertThatThrownBy(() -> new JsonRpc(URI.create("file:///etc/passwd"), "", LIMIT))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
