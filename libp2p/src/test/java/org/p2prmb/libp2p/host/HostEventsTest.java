package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.identify.PeerInfo;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
final class HostEventsTest {
    private final TestHosts hosts = new TestHosts();
    private final HostEvents events = new HostEvents(2, Duration.ofMillis(20));
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch busy = new CountDownLatch(1);

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aListenerThatIsBehindRefusesConnectionsAndMissesNoDisconnect() throws Exception {
        var server = hosts.start();
        var connection = TestHosts.connect(hosts.start(), server);
        events.add(new Slow(), Map::of);

        events.connected(connection);
        events.connected(connection);
        assertThatThrownBy(() -> events.connected(connection))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("overloaded");
        events.disconnected(connection);
        busy.countDown();
        events.close();

        assertThat(events.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(heard).containsExactly("connected", "connected", "disconnected");
    }

    @Test
    void whatOneListenerCannotHearNoneHears() throws Exception {
        var connection = TestHosts.connect(hosts.start(), hosts.start());
        var told = new CopyOnWriteArrayList<Connection>();
        events.add(
                new HostListener() {
                    @Override
                    public void connected(Connection made) {
                        told.add(made);
                    }
                },
                Map::of);
        events.add(new Slow(), Map::of);
        events.connected(connection);
        events.connected(connection);

        for (var refused = 0; refused < 5; refused++) {
            assertThatThrownBy(() -> events.connected(connection))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("overloaded");
        }
        busy.countDown();
        Eventually.holds("both were told", () -> heard.size() == 2 && told.size() == 2);
        // The refusals took no place of the first listener for good.
        Eventually.holds("there is room again", () -> joins(connection));
        events.close();

        assertThat(events.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(told).hasSize(3);
        assertThat(heard).hasSize(3);
    }

    private boolean joins(Connection connection) {
        try {
            events.connected(connection);
            return true;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoKeepsTalkingTakesNoPlaceOfOthersAndIsHeardWithItsLastWord() throws Exception {
        var server = hosts.start();
        var connection = TestHosts.connect(hosts.start(), server);
        events.add(new Slow(), Map::of);

        events.connected(connection);
        for (var word = 1; word <= 100; word++) {
            var version = "version " + word;
            events.identified(
                    connection,
                    new PeerInfo(server.peerId(), List.of(), List.of(), null, "", version, null));
        }
        events.connected(connection);
        busy.countDown();
        events.close();

        assertThat(events.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(heard).containsExactly("connected", "version 100", "connected");
    }

    @Test
    void aListenerThatFailsHearsTheRest() throws Exception {
        var connection = TestHosts.connect(hosts.start(), hosts.start());
        events.add(
                new HostListener() {
                    @Override
                    public void connected(Connection made) {
                        throw new IllegalStateException("a bug");
                    }

                    @Override
                    public void disconnected(Connection lost) {
                        heard.add("disconnected");
                    }
                },
                Map::of);
        events.connected(connection);
        events.disconnected(connection);
        events.close();

        assertThat(events.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(heard).containsExactly("disconnected");
    }

    /// Hears nothing before `busy` is down.
    private final class Slow implements HostListener {
        @Override
        public void connected(Connection connection) {
            try {
                busy.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            heard.add("connected");
        }

        @Override
        public void identified(Connection connection, PeerInfo info) {
            heard.add(info.agentVersion());
        }

        @Override
        public void disconnected(Connection connection) {
            heard.add("disconnected");
        }
    }
}
