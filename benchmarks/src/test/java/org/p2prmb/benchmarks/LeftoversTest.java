package org.p2prmb.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The short forms of the flood and of the churn: nothing of the peers stays with the host.
@Timeout(120)
final class LeftoversTest {
    private static final long NANOS = 3_000_000_000L;

    private LoadServer server;
    private long threads;
    private long descriptors;

    @BeforeEach
    void startServer() throws IOException, InterruptedException {
        server = new LoadServer(64);
        new Churn(server.address(), 0).run(1, 0);
        awaitRest();
        threads = HostState.threads();
        descriptors = HostState.fileDescriptors();
    }

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    @DisplayName("CVE-2022-23492, CVE-2022-23486, CVE-2022-23487: ten times the limits")
    void aFloodOfTenTimesTheLimitsLeavesNothingBehindAndTheHonestAreServed() throws Exception {
        var report = new ObjectMapper().createObjectNode();
        try (var honest = new HonestPeers(server.address(), 4)) {
            var tried = new Flood(server.address(), NANOS, 640).run();
            assertThat(tried.keySet())
                    .contains("silentConnections", "connections", "streams", "unreadStreams")
                    .contains("muxerPings", "pingStreams", "subscriptions", "ihave", "junk");
            honest.report(report);
        }
        var ping = report.path("honestPing");
        assertThat(ping.path("failures").asInt()).as(ping.toString()).isZero();
        assertThat(ping.path("connected").asInt()).isEqualTo(4);
        assertThat(ping.path("count").asInt()).isPositive();
        assertThat(server.host().resources().refused())
                .containsKeys("connections-system", "streams-service-peer");
        assertNothingIsLeft();
    }

    @Test
    void peersThatComeAndGoAtRandomLeaveNothingBehind() throws Exception {
        var done = new Churn(server.address(), NANOS).run(6, 1);
        assertThat(done).containsKeys("connected", "left").doesNotContainKey("failed");
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        awaitRest();
        assertThat(server.host().streams()).isZero();
        Eventually.holds("no thread is left", () -> now(HostState::threads) <= threads);
        Eventually.holds("no descriptor", () -> now(HostState::fileDescriptors) <= descriptors);
    }

    private void awaitRest() {
        Eventually.holds("nothing is held", () -> server.host().resources().isZero());
    }

    private interface Count {
        long get() throws IOException;
    }

    private static long now(Count count) {
        try {
            return count.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
