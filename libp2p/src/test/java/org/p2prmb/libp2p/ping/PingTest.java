package org.p2prmb.libp2p.ping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.resource.ResourceLimits;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
final class PingTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void pingWorksAgainAndAgain() throws IOException {
        var server = hosts.start();
        var connection = TestHosts.connect(hosts.start(), server);
        for (var i = 0; i < 50; i++) {
            assertThat(Ping.measure(connection, 3, LIMIT))
                    .hasSize(3)
                    .allSatisfy(time -> assertThat(time).isPositive());
        }
        var back = server.connections().getFirst();
        assertThat(Ping.measure(back, 1, LIMIT)).hasSize(1);
    }

    @Test
    void aPeerHasTwoPingStreamsAtATime() throws IOException {
        var unbound = ResourceLimits.defaults().withServices(List.of());
        var client = hosts.start(config -> config.withLimits(unbound));
        var server = hosts.start();
        var connection = TestHosts.connect(client, server);
        var open = new ArrayList<Stream>();
        for (var i = 0; i < 2; i++) {
            open.add(pinged(connection));
        }

        assertThatThrownBy(() -> pinged(connection)).isInstanceOf(IOException.class);
        assertThat(server.resources().refused()).containsEntry("streams-service-peer", 1L);
        open.forEach(Stream::close);
        Eventually.holds("a place is free", () -> answers(connection));
    }

    private static boolean answers(Connection connection) {
        try {
            return !Ping.measure(connection, 1, LIMIT).isEmpty();
        } catch (IOException _) {
            return false;
        }
    }

    private static Stream pinged(Connection connection) throws IOException {
        var stream = connection.open(List.of(Ping.PROTOCOL), LIMIT);
        stream.deadline(LIMIT);
        stream.write(new byte[32], 0, 32);
        for (var read = 0; read < 32; ) {
            var count = stream.read(new byte[32], 0, 32 - read);
            assertThat(count).isPositive();
            read += count;
        }
        return stream;
    }

    @Test
    void aWrongAnswerIsAFault() throws IOException {
        var server = hosts.start();
        server.handle(
                Ping.PROTOCOL,
                stream -> {
                    stream.write(new byte[32], 0, 32);
                    TestHosts.readAll(stream);
                });
        var connection = TestHosts.connect(hosts.start(), server);

        assertThatThrownBy(() -> Ping.measure(connection, 1, LIMIT))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void aRemoteThatDoesNotAnswerIsNotWaitedForLongerThanTheLimit() throws IOException {
        var server = hosts.start();
        var end = new CountDownLatch(1);
        server.handle(Ping.PROTOCOL, stream -> end.await());
        var connection = TestHosts.connect(hosts.start(), server);

        assertThatThrownBy(() -> Ping.measure(connection, 1, Duration.ofMillis(100)))
                .isInstanceOf(SocketTimeoutException.class);
        end.countDown();
    }
}
