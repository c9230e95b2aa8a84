package org.p2prmb.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

@Timeout(60)
final class MetricsServerTest {
    private final Figures figures = new Figures();
    private final AtomicReference<Optional<String>> complaint =
            new AtomicReference<>(Optional.empty());
    private MetricsServer server;

    @BeforeEach
    void start() throws IOException {
        server =
                MetricsServer.start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        figures,
                        Optional::empty,
                        complaint::get);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void figuresAreReadWhenTheyAreAskedFor() throws IOException {
        var dials = new AtomicLong(3);
        figures.counter("rmb_dials_total", "Dials.", dials::get);
        figures.gauge("rmb_peers", "Peers.", () -> 7);
        figures.gauges("rmb_rooms", "Rooms.", "kind", () -> Map.of("big", 1L));
        figures.counters("rmb_calls_total", "Calls.", "kind", () -> Map.of("in", 2L));
        assertThat(get("/metrics"))
                .startsWith("HTTP/1.1 200")
                .contains("# TYPE rmb_dials_total counter")
                .contains("rmb_dials_total 3.0")
                .contains("rmb_peers 7.0")
                .contains("rmb_rooms{kind=\"big\"} 1.0")
                .contains("rmb_calls_total{kind=\"in\"} 2.0");
        dials.set(4);
        assertThat(get("/metrics")).contains("rmb_dials_total 4.0");
    }

    @Test
    void whoAsksForTheBinaryFormatGetsText() throws IOException {
        figures.gauge("rmb_peers", "Peers.", () -> 7);
        var accept = "Accept: application/vnd.google.protobuf\r\n";
        assertThat(ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + accept))
                .contains("text/plain")
                .contains("rmb_peers 7.0");
    }

    @Test
    void healthAndReadinessAreToldApart() throws IOException {
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200").endsWith("ok\n");
        assertThat(get("/readyz")).startsWith("HTTP/1.1 200");
        complaint.set(Optional.of("it has no neighbour yet"));
        assertThat(get("/readyz")).startsWith("HTTP/1.1 503").contains("no neighbour");
        assertThat(get("/healthz")).startsWith("HTTP/1.1 200");
    }

    @Test
    void whatIsNoneOfTheThreeIsRefused() throws IOException {
        assertThat(get("/")).startsWith("HTTP/1.1 404");
        assertThat(get("/metrics/x")).startsWith("HTTP/1.1 404");
        assertThat(ask("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"))
                .startsWith("HTTP/1.1 405");
    }

    /// As a web page does that has its own name resolved to this machine.
    @Test
    void aRequestUnderAnotherNameLearnsNothing() throws IOException {
        figures.gauge("rmb_peers", "Peers.", () -> 7);
        for (var path : List.of("/metrics", "/healthz", "/readyz")) {
            assertThat(ask("GET %s HTTP/1.1\r\nHost: evil.example\r\n".formatted(path)))
                    .startsWith("HTTP/1.1 421")
                    .doesNotContain("rmb_peers");
        }
    }

    @Test
    void callersWhoSayNothingLeaveRoomForOthers() throws IOException {
        var silent = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 30; i++) {
                var socket = connect();
                socket.getOutputStream().write("GET /hea".getBytes(StandardCharsets.US_ASCII));
                silent.add(socket);
            }
            assertThat(get("/healthz")).startsWith("HTTP/1.1 200");
        } finally {
            for (var socket : silent) {
                socket.close();
            }
        }
    }

    @Test
    void aTakenPortIsSaid() {
        assertThatThrownBy(() ->
                        MetricsServer.start(
                                server.address(), figures, Optional::empty, complaint::get))
                .isInstanceOf(IOException.class);
    }

    private String get(String path) throws IOException {
        return ask("GET %s HTTP/1.1\r\nHost: localhost\r\n".formatted(path));
    }

    private String ask(String head) throws IOException {
        try (var socket = connect()) {
            var request = head + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket connect() throws IOException {
        var socket = new Socket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }
}
