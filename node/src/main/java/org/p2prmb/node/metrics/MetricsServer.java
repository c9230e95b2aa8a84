package org.p2prmb.node.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import io.prometheus.metrics.exporter.httpserver.MetricsHandler;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Shows an agent's figures and health over HTTP, read-only.
///
/// | path | answer |
/// |---|---|
/// | `/metrics` | the figures, in Prometheus' text format |
/// | `/healthz` | 200 while the agent works, 503 once a part of it has died |
/// | `/readyz` | 200 while it takes part in the network, else 503 and why not |
///
/// Everything else is refused, as is a request under a name that is not this machine's.
public final class MetricsServer implements AutoCloseable {
    private static final int WAITING_MAX = 16;
    private static final int CONNECTIONS_MAX = 64;
    private static final Duration REQUEST_MAX = Duration.ofSeconds(5);
    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

    /// Tells what is wrong; empty when nothing is.
    public interface Health {
        Optional<String> complaint();
    }

    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /// Serves from now on. Throws [IOException] when it cannot listen there.
    public static MetricsServer start(
            InetSocketAddress address, Figures figures, Health health, Health readiness)
            throws IOException {
        boundRequests();
        var server = HttpServer.create(address, WAITING_MAX);
        var threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("metrics-", 0).factory());
        var metrics = new MetricsHandler(figures.registry());
        var loopback = address.getAddress().isLoopbackAddress();
        server.setExecutor(threads);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        if (!isFine(exchange, loopback)) {
                            return;
                        }
                        switch (exchange.getRequestURI().getPath()) {
                            case "/metrics" -> metrics.handle(exchange);
                            case "/healthz" -> tell(exchange, health);
                            case "/readyz" -> tell(exchange, readiness);
                            default -> say(exchange, 404, "there are /metrics, /healthz, /readyz");
                        }
                    }
                });
        server.start();
        return new MetricsServer(server, threads);
    }

    /// The JDK's server reads its limits from the process's properties, once; those that the
    /// operator has set stay.
    private static void boundRequests() {
        setUnlessSet("sun.net.httpserver.maxReqTime", REQUEST_MAX::toSeconds);
        setUnlessSet("sun.net.httpserver.maxRspTime", ANSWER_MAX::toSeconds);
        setUnlessSet("jdk.httpserver.maxConnections", () -> CONNECTIONS_MAX);
    }

    private static void setUnlessSet(String property, Supplier<? extends Number> value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value.get().toString());
        }
    }

    private static boolean isFine(HttpExchange exchange, boolean loopback) throws IOException {
        if (!HostHeader.isForUs(exchange.getRequestHeaders().getFirst("Host"), loopback)) {
            say(exchange, 421, "ask under this machine's IP address or as localhost");
            return false;
        }
        var method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            say(exchange, 405, "nothing here can be changed");
            return false;
        }
        return true;
    }

    private static void tell(HttpExchange exchange, Health health) throws IOException {
        var complaint = health.complaint();
        say(exchange, complaint.isEmpty() ? 200 : 503, complaint.orElse("ok"));
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        var body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /// Where it listens, the port resolved.
    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
