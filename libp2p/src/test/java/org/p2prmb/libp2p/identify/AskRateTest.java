package org.p2prmb.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.host.TestHosts;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

@Timeout(60)
final class AskRateTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void whoAsksOverAndOverIsMostlyRefusedAndOthersAreAnswered() throws IOException {
        var start = System.nanoTime();
        var target = hosts.start();
        var over = TestHosts.connect(hosts.start(), target);
        var answers = 0;
        for (var i = 0; i < 60; i++) {
            answers += answers(over) ? 1 : 0;
        }
        var seconds = (int) Duration.ofNanos(System.nanoTime() - start).toSeconds() + 1;
        // The host itself may have asked first.
        assertThat(answers).isBetween(15, 17 + seconds / 5);

        assertThat(answers(TestHosts.connect(hosts.start(), target))).isTrue();
    }

    private static boolean answers(Connection connection) {
        try (var stream = connection.open(List.of(Identify.PROTOCOL), TestHosts.LIMIT)) {
            stream.deadline(TestHosts.LIMIT);
            stream.closeWrite();
            return TestHosts.readAll(stream).length > 0;
        } catch (IOException _) {
            return false;
        }
    }
}
