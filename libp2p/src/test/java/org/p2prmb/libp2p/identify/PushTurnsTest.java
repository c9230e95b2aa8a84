package org.p2prmb.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

@Timeout(60)
final class PushTurnsTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration INTERVAL = Duration.ofMillis(5);

    private final TestHosts hosts = new TestHosts();
    private volatile Instant now = Instant.EPOCH;
    private final PushTurns turns = new PushTurns(() -> now, INTERVAL);
    private TcpHost pusher;
    private Connection connection;

    @BeforeEach
    void connect() throws IOException {
        pusher = hosts.start();
        connection = TestHosts.connect(hosts.start(), pusher);
    }

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private void takeThemAll() throws InterruptedException {
        for (var push = 0; push < PushTurns.BURST; push++) {
            assertThat(turns.await(connection, Duration.ZERO)).isTrue();
        }
        assertThat(turns.await(connection, INTERVAL)).isFalse();
    }

    @Test
    void thereIsOneTurnInEachIntervalAfterAFewAtOnce() throws Exception {
        takeThemAll();
        now = now.plus(INTERVAL);
        assertThat(turns.await(connection, Duration.ZERO)).isTrue();
        assertThat(turns.await(connection, Duration.ZERO)).isFalse();
        var other = TestHosts.connect(pusher, hosts.start());
        assertThat(turns.await(other, Duration.ZERO)).isTrue();
    }

    @Test
    void onlyTheNewestOfAConnectionWaits() throws Exception {
        takeThemAll();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> older = threads.submit(() -> turns.await(connection, LONG));
            awaitWaiting();
            Future<Boolean> newer = threads.submit(() -> turns.await(connection, LONG));
            assertThat(older.get()).isFalse();
            now = now.plus(INTERVAL);
            assertThat(newer.get()).isTrue();
        }
    }

    @Test
    void nobodyWaitsForAConnectionThatHasEnded() throws Exception {
        takeThemAll();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> waiting = threads.submit(() -> turns.await(connection, LONG));
            awaitWaiting();
            turns.forget(connection);
            assertThat(waiting.get()).isFalse();
        }
    }

    private void awaitWaiting() {
        Eventually.holds("it waits", () -> turns.waiting() == 1);
    }

    @Test
    void aFloodOfPushesIsMostlyUnheardAndItsLastWordIsHeard() throws Exception {
        var heard = new LinkedBlockingQueue<String>();
        var start = System.nanoTime();
        var target = hosts.start();
        target.listen(
                new HostListener() {
                    @Override
                    public void identified(Connection over, PeerInfo info) {
                        heard.add(info.agentVersion());
                    }
                });
        var over = TestHosts.connect(pusher, target);
        for (var push = 0; push < 200; push++) {
            try {
                push(over, "flood");
            } catch (IOException _) {
                // Refused, as it should be.
            }
        }
        Eventually.holds("the flood is over", () -> target.resources().streamsIn() == 0);
        push(over, "the last word");

        var count = 1;
        while (!"the last word".equals(heard.poll(20, TimeUnit.SECONDS))) {
            count++;
        }
        var seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds() + 1;
        assertThat(count).isLessThanOrEqualTo((int) (PushTurns.BURST + seconds + 1));
    }

    private void push(Connection over, String version) throws IOException {
        try (var stream = over.open(List.of(Identify.PUSH_PROTOCOL), TestHosts.LIMIT)) {
            stream.deadline(TestHosts.LIMIT);
            var address = Multiaddr.parse("/ip4/127.0.0.1/tcp/9");
            for (var message :
                    IdentifyMessage.encoded(
                            pusher.keys().publicKey(),
                            version,
                            List.of(address),
                            List.of(),
                            address,
                            new PeerRecord(pusher.peerId(), 1, List.of(address))
                                    .seal(pusher.keys()))) {
                Frames.write(stream, message);
            }
            stream.closeWrite();
        }
    }
}
