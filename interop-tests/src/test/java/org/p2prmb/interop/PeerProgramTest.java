package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/// When tests whose peers cannot be built are skipped.
final class PeerProgramTest {
    @Test
    void withoutAToolchainTestsAreSkippedAndSayWhy() {
        for (var environment : List.of(Map.<String, String>of(), Map.of("CI", ""))) {
            var result = PeerProgram.Condition.without(PeerProgram.RUST, environment);
            assertThat(result.isDisabled()).isTrue();
            assertThat(result.getReason()).hasValue("cargo is missing or too old");
        }
    }

    @Test
    void withCiSetTheyFail() {
        assertThatThrownBy(() ->
                        PeerProgram.Condition.without(PeerProgram.JS_MATRIX, Map.of("CI", "true")))
                .hasMessageContaining("Node.js or npm is missing");
    }
}
