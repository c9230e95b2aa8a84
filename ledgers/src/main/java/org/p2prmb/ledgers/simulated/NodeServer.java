package org.p2prmb.ledgers.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.p2prmb.ledgers.rpc.RpcRefusal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Lets other processes of this machine ask a simulated node, as they ask a real one.
public final class NodeServer implements AutoCloseable {
    private static final int QUESTION_BYTES_MAX = 64 * 1024;
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;

    private final SimulatedNode node;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private NodeServer(SimulatedNode node, HttpServer server) {
        this.node = node;
        this.server = server;
    }

    /// On a free port of the loopback interface.
    public static NodeServer start(SimulatedNode node) throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        var started = new NodeServer(node, HttpServer.create(address, 0));
        started.server.createContext("/", started::handle);
        started.server.setExecutor(started.threads);
        started.server.start();
        return started;
    }

    /// For [org.p2prmb.ledgers.rpc.JsonRpc].
    public URI address() {
        var address = server.getAddress();
        return URI.create(
                "http://%s:%d".formatted(address.getAddress().getHostAddress(), address.getPort()));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var question = exchange.getRequestBody().readNBytes(QUESTION_BYTES_MAX);
            byte[] answer;
            try {
                answer = SimulatedNode.JSON.writeValueAsBytes(answer(question));
            } catch (IOException | IllegalArgumentException e) {
                exchange.sendResponseHeaders(BAD_REQUEST, -1); // It is no question of ours.
                return;
            }
            exchange.sendResponseHeaders(OK, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private JsonNode answer(byte[] bytes) throws IOException {
        var question = SimulatedNode.JSON.readTree(bytes);
        var answer = SimulatedNode.JSON.createObjectNode();
        answer.set("id", question.path("id"));
        try {
            var method = question.path("method").asText();
            answer.set("result", node.answer(method, question.path("params")));
        } catch (RpcRefusal e) {
            answer.putObject("error")
                    .put("code", e.code())
                    .put("message", String.valueOf(e.getMessage()));
        }
        return answer;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
