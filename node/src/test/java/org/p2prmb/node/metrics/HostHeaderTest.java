package org.p2prmb.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

final class HostHeaderTest {
    @Test
    void onLoopbackOnlyThisMachinesOwnNamesAreForUs() {
        for (var ours :
                List.of("localhost", "LOCALHOST:9464", "127.0.0.1:80", "127.9.9.9", "[::1]:1")) {
            assertThat(HostHeader.isForUs(ours, true)).as(ours).isTrue();
        }
        for (var other :
                List.of(
                        "evil.example",
                        "evil.example:9464",
                        "127.0.0.1.evil.example",
                        "localhost.evil.example",
                        "10.0.0.1",
                        "[2001:db8::1]",
                        "")) {
            assertThat(HostHeader.isForUs(other, true)).as(other).isFalse();
        }
        assertThat(HostHeader.isForUs(null, true)).isFalse();
    }

    @Test
    void elsewhereEveryAddressIsForUsAndNoName() {
        for (var ours : List.of("localhost:1", "10.0.0.1:9464", "[2001:db8::1]:9464")) {
            assertThat(HostHeader.isForUs(ours, false)).as(ours).isTrue();
        }
        for (var other : List.of("evil.example", "10.0.0.1.evil.example", "[x]")) {
            assertThat(HostHeader.isForUs(other, false)).as(other).isFalse();
        }
    }
}
