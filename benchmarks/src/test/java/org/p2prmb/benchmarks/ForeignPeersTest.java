package org.p2prmb.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Eventually;

import java.util.List;

final class ForeignPeersTest {
    private static final String FAILING = "false";

    private static String complaint(ForeignPeers peers) {
        try {
            peers.check();
            return "";
        } catch (WrongUse wrong) {
            return wrong.toString();
        }
    }

    /// One that was never built, for instance: a churn without it would look like one with it.
    @Test
    void aProgramThatFailsOverAndOverIsNoPeer() {
        try (var peers = new ForeignPeers(List.of(FAILING), "")) {
            Eventually.holds("it is said", () -> !complaint(peers).isEmpty());
            assertThat(complaint(peers))
                    .endsWith(FAILING + ": failed 3 times in a row; is it built?");
            assertThat(peers.report().path(FAILING + ": exit 1").asInt()).isEqualTo(3);
        }
    }
}
