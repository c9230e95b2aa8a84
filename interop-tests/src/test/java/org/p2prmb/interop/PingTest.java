package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.p2prmb.libp2p.ping.Ping;

import java.util.Map;

@PeerProgram.Needed(PeerProgram.RUST)
final class PingTest {
    private static final int PINGS = 100;

    @ParameterizedTest
    @EnumSource
    void aHundredPingsComeBackEachWay(Dialer dialer) throws Exception {
        try (var java = JavaPeer.start();
                var rust = RustPeer.start()) {
            var connection = dialer.connect(java, rust);

            var ours = Ping.measure(connection, PINGS, Arrivals.PATIENCE);
            var theirs = rust.ask("ping", Map.of("peer", java.peerId().toString(), "count", PINGS));

            assertThat(ours).hasSize(PINGS).allMatch(time -> time.isPositive());
            assertThat(theirs.get("count").asInt()).isEqualTo(PINGS);
            assertThat(theirs.get("p50Micros").asLong()).isPositive();
            assertThat(rust.seen("refused"))
                    .noneMatch(event -> event.get("what").asText().equals("ping"));
        }
    }
}
