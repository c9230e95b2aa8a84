package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `rmb bootstrap` as its operator sees it.
@Timeout(120)
final class BootstrapCommandTest {
    private static final String ANNOUNCED = "/dns4/boot.example.org/tcp/4001";

    @TempDir private Path folder;
    private final List<CommandRun.Background> running = new ArrayList<>();

    @AfterEach
    void endAll() {
        running.forEach(CommandRun.Background::end);
    }

    @Test
    void theAddressesToPublishAreInTheFileAndInTheTextRecords() throws IOException {
        var file = folder.resolve("addresses");
        var bootstrap =
                start(
                        "--announce",
                        ANNOUNCED,
                        "--address-file",
                        file.toString(),
                        "--domain",
                        "example.org");
        Eventually.holds("it is written", () -> bootstrap.err().contains("The addresses are in"));

        var lines = Files.readAllLines(file);
        assertThat(lines).singleElement().asString().startsWith(ANNOUNCED + "/p2p/12D3");
        assertThat(bootstrap.out())
                .contains("_dnsaddr.example.org. 300 IN TXT \"dnsaddr=" + lines.getFirst() + "\"");
        assertThat(bootstrap.err()).contains("rmb node --bootstrap /dnsaddr/example.org");
    }

    @Test
    void withoutAnAnnouncedAddressThoseItListensOnAreWritten() throws IOException {
        var file = folder.resolve("addresses");
        var bootstrap = start("--address-file", file.toString());
        Eventually.holds("it is written", () -> bootstrap.err().contains("The addresses are in"));
        assertThat(Files.readAllLines(file))
                .singleElement()
                .asString()
                .matches("/ip4/127.0.0.1/tcp/[0-9]+/p2p/12D3[A-Za-z0-9]+");
    }

    @Test
    void itsMetricsAndHealthAreShown() throws Exception {
        var bootstrap = start("--metrics", "0");
        var page = bootstrap.out().lines().filter(line -> line.startsWith("metrics")).findFirst();
        var metrics = page.orElseThrow().replace("metrics", "").replace("/", " ").strip();
        var base = "http://" + metrics.split(" +")[1];
        assertThat(get(base + "/metrics"))
                .contains("rmb_connections{direction=\"in\"} 0.0")
                .contains("rmb_connections{direction=\"out\"} 0.0")
                .contains("rmb_kademlia_peers 0.0")
                .contains("rmb_messages_served_total{answer=\"no_handler\"} 0.0")
                .contains("rmb_messages_sent_total{outcome=\"answered\"} 0.0")
                .contains("rmb_liveness_bytes_total{direction=\"sent\"} 0.0")
                .contains("rmb_store_rebuilt 0.0");
        assertThat(get(base + "/healthz")).isEqualTo("ok\n");
        assertThat(get(base + "/readyz")).isEqualTo("ok\n");
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingStarts() {
        for (var wrong :
                List.of(
                        List.of("--domain", "nonsense"),
                        List.of("--metrics", "a.example:80"),
                        List.of("--announce", "/ip4/1.2.3.4"),
                        List.of("--address-file", folder.resolve("none/file").toString()),
                        List.of("--offer", "barber"))) {
            var words = Stream.concat(Stream.of("bootstrap"), wrong.stream());
            var home = Stream.of("--home", folder.resolve("wrong").toString());
            var result = CommandRun.of(Stream.concat(words, home).toArray(String[]::new));
            assertThat(result.code()).as("%s: %s", wrong, result.err()).isEqualTo(Rmb.USAGE);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().lines()).hasSize(1);
        }
    }

    private CommandRun.Background start(String... words) {
        var all =
                Stream.concat(
                        Stream.of(
                                "bootstrap",
                                "--home",
                                folder.resolve("home").toString(),
                                "--listen",
                                "/ip4/127.0.0.1/tcp/0"),
                        Stream.of(words));
        var run =
                CommandRun.inBackground(InputStream.nullInputStream(), all.toArray(String[]::new));
        running.add(run);
        Eventually.holds("it runs", () -> run.err().contains("Ctrl-C leaves."));
        return run;
    }

    private static String get(String url) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create(url)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
