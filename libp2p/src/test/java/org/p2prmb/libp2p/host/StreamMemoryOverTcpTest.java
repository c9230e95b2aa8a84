package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.resource.ProtocolLimits;
import org.p2prmb.libp2p.resource.ResourceLimits;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// What streams of a real connection hold is counted by their protocol.
@Timeout(60)
final class StreamMemoryOverTcpTest {
    private static final int KIB = 1 << 10;

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aStreamOfAProtocolThatHoldsTooMuchIsResetAndOthersGoOn() throws Exception {
        var little = ProtocolLimits.of(100, 100).withBytes(128 * KIB, 64 * KIB);
        var limits = ResourceLimits.defaults().withProtocol(little);
        var server = hosts.startEcho(config -> config.withLimits(limits));
        var end = new CountDownLatch(1);
        server.handle("/unread", stream -> end.await());
        var connection = TestHosts.connect(hosts.start(), server);

        var unread = connection.open(List.of("/unread"), TestHosts.LIMIT);
        unread.write(new byte[100 * KIB], 0, 100 * KIB);
        Eventually.holds("it is counted", () -> server.resources().bytesAgreed() == 64 * KIB);
        unread.deadline(TestHosts.LIMIT);
        assertThatThrownBy(
                        () -> {
                            unread.write(new byte[100 * KIB], 0, 100 * KIB);
                            TestHosts.readAll(unread);
                        })
                .isInstanceOf(IOException.class);
        assertThat(server.resources().refused()).containsEntry("memory-protocol-peer", 1L);
        assertThat(TestHosts.ask(connection, ECHO, new byte[KIB])).hasSize(KIB);

        end.countDown();
        connection.close();
        Eventually.holds("nothing is held", () -> server.resources().isZero());
    }
}
