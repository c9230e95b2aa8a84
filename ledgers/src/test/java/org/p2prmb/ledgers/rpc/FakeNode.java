package org.p2prmb.ledgers.rpc;

import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/// A node that answers what a test says.
public final class FakeNode implements AutoCloseable {
    /// @param length as announced; what is missing then never comes
    public record Reply(int status, String body, long length) {
        public static Reply of(String body) {
            return new Reply(200, body, body.length());
        }
    }

    private final HttpServer server;

    /// What was asked, credentials in front.
    public final List<String> questions = Collections.synchronizedList(new ArrayList<>());

    public FakeNode(Function<String, Reply> answers) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    var question =
                            new String(
                                    exchange.getRequestBody().readAllBytes(),
                                    StandardCharsets.UTF_8);
                    questions.add(
                            exchange.getRequestHeaders().getFirst("Authorization") + question);
                    var reply = answers.apply(question);
                    exchange.sendResponseHeaders(reply.status(), reply.length());
                    exchange.getResponseBody().write(reply.body().getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    if (reply.length() == reply.body().length()) {
                        exchange.close();
                    }
                });
        server.start();
    }

    public JsonRpc rpc(String credentials, Duration limit) {
        var address = "http://127.0.0.1:" + server.getAddress().getPort() + "/secret-path";
        return new JsonRpc(URI.create(address), credentials, limit);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
