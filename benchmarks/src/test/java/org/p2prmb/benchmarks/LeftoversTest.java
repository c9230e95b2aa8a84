package org.p2prmb.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;

/// The short forms of the flood and of the churn: nothing of the peers stays with the host, which
/// is a process of its own.
@Timeout(180)
final class LeftoversTest {
    private static final long NANOS = 3_000_000_000L;
    private static final int CONNECTIONS_MAX = 64;

    /// A fifth of what the streams of one attacker that reads nothing would hold without limits;
    /// the process ends when it is not enough.
    private static final String HEAP = "128m";

    private static final List<String> KINDS =
            List.of(
                    "silentConnections",
                    "connections",
                    "streams",
                    "unreadStreams",
                    "muxerPings",
                    "pingStreams",
                    "subscriptions",
                    "ihave",
                    "junk");
    private static final List<String> REFUSED =
            List.of("connections-system", "streams-service-peer");

    private ChildProcess server;
    private Multiaddr address;
    private ObjectNode before;

    @BeforeEach
    void startServer() throws IOException, InterruptedException {
        server = new ChildProcess(HEAP, LoadServer.class, Integer.toString(CONNECTIONS_MAX));
        address = Multiaddr.parse(server.line());
        new Churn(address, NANOS / 10).run(1, 0);
        awaitRest();
        before = state("rest");
    }

    @AfterEach
    void closeServer() throws IOException {
        server.close();
    }

    @Test
    @DisplayName("CVE-2022-23492, CVE-2022-23486, CVE-2022-23487: ten times the limits")
    void aFloodOfTenTimesTheLimitsLeavesNothingBehindAndTheHonestAreServed() throws Exception {
        var report = new ObjectMapper().createObjectNode();
        try (var honest = new HonestPeers(address, 4)) {
            var flood = new Flood(address, NANOS, 10 * CONNECTIONS_MAX, this::reachesTheLimits);
            assertThat(flood.run()).containsKeys(KINDS.toArray(String[]::new));
            honest.report(report);
        }
        var ping = report.path("honestPing");
        assertThat(ping.path("failures").asInt()).as(ping.toString()).isZero();
        assertThat(ping.path("connected").asInt()).isEqualTo(4);
        assertThat(ping.path("count").asInt()).isPositive();
        assertThat(state("state").path("refused").fieldNames()).toIterable().containsAll(REFUSED);
        assertNothingIsLeft();
    }

    /// A busy machine may need longer to get there.
    private boolean reachesTheLimits(Set<String> tried) {
        return tried.containsAll(KINDS)
                && REFUSED.stream().allMatch(state("state").path("refused")::has);
    }

    @Test
    void peersThatComeAndGoAtRandomLeaveNothingBehind() throws Exception {
        var done = new Churn(address, NANOS).run(6, 1);
        assertThat(done).containsKeys("connected", "left").doesNotContainKey("failed");
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        awaitRest();
        Eventually.holds("no thread is left", () -> !isMoreThanBefore("threads"));
        Eventually.holds("no descriptor is left", () -> !isMoreThanBefore("fileDescriptors"));
    }

    private void awaitRest() {
        Eventually.holds("nothing is held", () -> Leftovers.isNothing(state("state")));
    }

    private boolean isMoreThanBefore(String name) {
        return state("rest").path(name).asLong() > before.path(name).asLong();
    }

    private ObjectNode state(String question) {
        try {
            return HostState.parse(server.ask(question));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
