package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// When a stream that is being opened waits for the other side, and when it must not.
@Timeout(60)
final class StreamNegotiationTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aStreamOpensWithoutWaitingForTheRemote() throws IOException {
        var connection = TestHosts.connect(hosts.start(), hosts.start());

        // Nobody speaks it, which shows only when the remote has answered.
        var stream = connection.open(List.of("/test/unknown"), LIMIT);
        assertThatThrownBy(() -> stream.read(new byte[1], 0, 1))
                .isInstanceOf(ProtocolException.class);
    }

    /// litep2p's lazy streams could not be closed before something was read or written.
    @Test
    @DisplayName("litep2p#60: closed before anything was read")
    void aStreamThatIsClosedUnusedStillReachesItsHandler() throws Exception {
        var received = new LinkedBlockingQueue<Bytes>();
        var server = hosts.start();
        server.handle(ECHO, stream -> received.add(Bytes.wrap(TestHosts.readAll(stream))));
        var connection = TestHosts.connect(hosts.start(), server);

        connection.open(List.of(ECHO), LIMIT).close();
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(Bytes.EMPTY);
        connection.open(List.of(ECHO), LIMIT).closeWrite();
        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo(Bytes.EMPTY);
    }

    /// jvm-libp2p's streams block the thread that opens them, which may be the one that reads.
    @Test
    void listenersAndHandlersMayOpenStreamsAndWaitForAnswers() throws Exception {
        var answers = new LinkedBlockingQueue<String>();
        var server = hosts.startEcho();
        server.handle("/test/back", stream -> answers.add(ask(stream.connection(), "handler")));
        var client = hosts.startEcho();
        client.listen(
                new HostListener() {
                    @Override
                    public void connected(Connection connection) {
                        answers.add(ask(connection, "listener"));
                    }
                });
        var connection = TestHosts.connect(client, server);

        assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo("listener");
        TestHosts.ask(connection, "/test/back", new byte[0]);
        assertThat(answers.poll(20, TimeUnit.SECONDS)).isEqualTo("handler");
    }

    private static String ask(Connection connection, String text) {
        try {
            var answer = TestHosts.ask(connection, ECHO, Bytes.utf8(text).toArray());
            return Bytes.wrap(answer).toUtf8();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
