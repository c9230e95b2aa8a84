package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.StreamMeter;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// Connections of no use, over loopback. What must stay is older than a connection that went.
@Timeout(60)
final class IdleConnectionsTest {
    private static final Duration IDLE = Duration.ofMillis(200);

    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private TcpHost tidy() throws IOException {
        return hosts.startEcho(
                config -> config.withTimeouts(HostTimeouts.defaults().withIdle(IDLE)));
    }

    private static void awaitEnd(Connection connection) {
        Eventually.holds("it is closed", () -> !connection.isOpen());
    }

    /// Returns when a connection of `host` that was made now has been closed as idle.
    private void awaitAnotherToGo(Host host) throws IOException {
        awaitEnd(TestHosts.connect(host, hosts.start()));
    }

    @Test
    void aConnectionThatWeDialledIsClosedOnceNobodyUsesIt() throws IOException {
        var server = hosts.startEcho();
        var client = tidy();
        var connection = TestHosts.connect(client, server);
        assertThat(TestHosts.ask(connection, ECHO, new byte[] {1})).hasSize(1);
        awaitEnd(connection);
        // A closed connection leaves its host's list a moment later, on either side.
        Eventually.holds(
                "both have forgotten it",
                () -> server.connections().isEmpty() && client.connections().isEmpty());
        assertThatThrownBy(() -> connection.open(List.of(ECHO), LIMIT))
                .isInstanceOf(IOException.class);
    }

    @Test
    void whoWantsItAgainGetsANewOne() throws IOException {
        var server = hosts.startEcho();
        var client = tidy();
        var first = TestHosts.connect(client, server);
        awaitEnd(first);
        var second = TestHosts.connect(client, server);
        assertThat(second).isNotEqualTo(first);
        assertThat(TestHosts.ask(second, ECHO, new byte[] {1})).hasSize(1);
    }

    @Test
    void whatOthersDialledIsTheirsToClose() throws IOException {
        var server = tidy();
        var guest = TestHosts.connect(hosts.start(), server);
        awaitAnotherToGo(server);
        assertThat(guest.isOpen()).isTrue();
        assertThat(TestHosts.ask(guest, ECHO, new byte[] {1})).hasSize(1);
    }

    @Test
    void aHostThatWasNotToldToKeepsEverything() throws IOException {
        var kept = TestHosts.connect(hosts.start(), hosts.start());
        awaitAnotherToGo(tidy());
        assertThat(kept.isOpen()).isTrue();
    }

    @Test
    void aStreamKeepsItsConnectionWhoeverOpenedIt() throws IOException {
        var client = tidy();
        var settling = new AtomicBoolean(true);
        client.keepFor(_ -> settling.get());
        var asked = TestHosts.connect(client, hosts.startEcho());
        var stream = asked.open(List.of(ECHO), LIMIT);
        stream.write(new byte[] {1}, 0, 1);
        var asking = hosts.start();
        var served = TestHosts.connect(client, asking);
        Eventually.holds("it is there", () -> !asking.connections(client.peerId()).isEmpty());
        var back = asking.connections(client.peerId()).getFirst().open(List.of(ECHO), LIMIT);
        back.write(new byte[] {1}, 0, 1);
        assertThat(back.read(new byte[1], 0, 1)).isEqualTo(1);
        settling.set(false);
        awaitAnotherToGo(client);
        assertThat(asked.isOpen()).isTrue();
        assertThat(served.isOpen()).isTrue();
        stream.close();
        back.reset();
        awaitEnd(asked);
        awaitEnd(served);
    }

    @Test
    void aStreamOfTheBackgroundKeepsNothingThoughItIsCounted() throws IOException {
        var server = hosts.startEcho();
        var connection = TestHosts.connect(tidy(), server);
        var stream = new StreamMeter().count(connection.open(List.of(ECHO), LIMIT));
        stream.background();
        stream.write(new byte[] {1}, 0, 1);
        awaitEnd(connection);
        stream.close();
    }

    @Test
    void aStreamThatCannotBeOpenedKeepsNothing() throws IOException {
        var connection = TestHosts.connect(tidy(), hosts.start());
        assertThatThrownBy(() -> connection.open(List.of("/test/a", "/test/b"), LIMIT))
                .isInstanceOf(IOException.class);
        awaitEnd(connection);
    }

    @Test
    void aPeerThatIsNeededStaysConnectedUntilItIsNot() throws IOException {
        var client = tidy();
        var server = hosts.start();
        var needed = new AtomicBoolean(true);
        client.keepFor(peer -> needed.get() && peer.equals(server.peerId()));
        var connection = TestHosts.connect(client, server);
        awaitAnotherToGo(client);
        assertThat(connection.isOpen()).isTrue();
        needed.set(false);
        awaitEnd(connection);
    }
}
