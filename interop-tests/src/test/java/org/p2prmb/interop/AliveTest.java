package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// imAlive between an agent and the Rust peer: leases, doubts, and the two ways to go.
@PeerProgram.Needed(PeerProgram.RUST)
final class AliveTest {
    private static final String EVERY_SECOND = "1";

    private static final long NONCE = -42;

    @TempDir private Path directory;

    @ParameterizedTest
    @EnumSource
    void ourLeasesReachTheRustPeerAndGrow(Dialer dialer) throws Exception {
        try (var java = JavaAgent.startRestless(directory);
                var rust = RustPeer.start("--alive-interval", EVERY_SECOND)) {
            java.meet(dialer, rust);

            var first = rust.await("lease");
            var second = rust.await("lease");

            assertThat(first.get("peer").asText()).isEqualTo(java.id());
            assertThat(first.get("intervalSeconds").asInt()).isOne();
            assertThat(first.get("ttlSeconds").asInt()).isGreaterThan(1);
            assertThat(first.get("leaving").asBoolean()).isFalse();
            assertThat(second.get("sequence").asLong())
                    .isGreaterThan(first.get("sequence").asLong());
            assertThat(rust.seen("refused")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theRustPeerSignsLeasesAndAnswersPings(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start();
                var stream =
                        dialer.connect(java, rust)
                                .open(List.of(AliveFrame.PROTOCOL), Arrivals.PATIENCE)) {
            stream.deadline(Arrivals.PATIENCE);
            Frames.write(stream, new AliveFrame.Ping(NONCE).encoded().toArray());

            // The two may come in any order.
            var frames = List.of(read(stream), read(stream));

            assertThat(frames).contains(new AliveFrame.Pong(NONCE, 0));
            assertThat(frames)
                    .filteredOn(AliveFrame.Leased.class::isInstance)
                    .singleElement()
                    .extracting(frame -> ((AliveFrame.Leased) frame).renewal().lease().lease())
                    .satisfies(lease -> {
                        assertThat(lease.peer()).isEqualTo(rust.peerId());
                        assertThat(lease.interval()).isEqualTo(Duration.ofSeconds(30));
                        assertThat(lease.leaving()).isFalse();
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostConnectionIsNoDeath(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);
            rust.await("lease");

            rust.tell("disconnect", Map.of("peer", java.id()));
            rust.await("disconnected");

            // We doubt it, dial, and are proven wrong.
            assertThat(rust.await("connected").get("peer").asText()).isEqualTo(java.id());
            rust.await("lease");
            assertThat(java.knows(rust)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRustPeerThatLeavesIsForgottenAtOnce(Dialer dialer) throws Exception {
        try (var java = JavaAgent.start(directory);
                var rust = RustPeer.start()) {
            java.meet(dialer, rust);
            rust.await("lease");

            assertThat(rust.ask("leave", Map.of()).get("links").asInt()).isOne();

            await().atMost(Arrivals.PATIENCE).until(() -> !java.knows(rust));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKilledRustPeerIsForgottenWithinSeconds(Dialer dialer) throws Exception {
        try (var java = JavaAgent.startRestless(directory);
                var rust = RustPeer.start("--alive-interval", EVERY_SECOND)) {
            java.meet(dialer, rust);
            rust.await("lease");

            rust.kill();

            await().atMost(Arrivals.PATIENCE).until(() -> !java.knows(rust));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenWeLeaveTheRustPeerIsTold(Dialer dialer) throws Exception {
        try (var rust = RustPeer.start()) {
            try (var java = JavaAgent.start(directory)) {
                java.meet(dialer, rust);
                rust.await("lease");
            }

            rust.await("lease", event -> event.get("leaving").asBoolean());
        }
    }

    private static AliveFrame read(Stream stream) throws IOException {
        return AliveFrame.decode(Bytes.wrap(Frames.read(stream, AliveFrame.BYTES_MAX)));
    }
}
