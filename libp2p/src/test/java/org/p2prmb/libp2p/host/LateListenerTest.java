package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.identify.PeerInfo;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

final class LateListenerTest {
    private final TestHosts hosts = new TestHosts();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void aListenerThatComesLateHearsOfWhoIsIdentifiedAlready() throws Exception {
        var server = hosts.startEcho();
        var client = hosts.start();
        var early = new Heard();
        client.listen(early);
        var connection = TestHosts.connect(client, server);
        assertThat(early.next()).isSameAs(connection);

        var late = new Heard();
        client.listen(late);
        assertThat(late.next()).isSameAs(connection);
    }

    private static final class Heard implements HostListener {
        private final LinkedBlockingQueue<Connection> identified = new LinkedBlockingQueue<>();

        @Override
        public void identified(Connection connection, PeerInfo info) {
            identified.add(connection);
        }

        Connection next() throws InterruptedException {
            var next = identified.poll(20, TimeUnit.SECONDS);
            assertThat(next).as("somebody was identified").isNotNull();
            return next;
        }
    }
}
