package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.LIMIT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multistream.Multistream;
import org.p2prmb.libp2p.noise.ForgedNoise;
import org.p2prmb.libp2p.transport.TcpChannel;
import org.p2prmb.libp2p.transport.TcpListener;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What whoever answers a dial may do to the dialer.
@Timeout(60)
final class HostileListenerTest {
    private static final byte[] HELLO = Multistream.proposal("/noise");
    private static final KeyPair DIALLED = KeyPair.generate(new SecureRandom());
    private static final KeyPair MALLORY = KeyPair.generate(new SecureRandom());
    private static final List<Integer> SIZES = List.of(0, 1, 2, 20, 33, 216, 1025, 65_535);

    private final TestHosts hosts = new TestHosts();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private TcpListener listener;
    private TcpHost client;

    @BeforeEach
    void start() throws IOException {
        listener = TcpListener.open(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        var patience = HostTimeouts.defaults().withDialAddress(Duration.ofMillis(300));
        client = hosts.start(config -> config.withTimeouts(patience));
    }

    @AfterEach
    void stop() {
        listener.close();
        hosts.close();
        threads.close();
    }

    @Test
    void falseIdentitiesAreRefusedAndTheSocketIsClosed() throws Exception {
        for (var lie = 0; lie < 4; lie++) {
            var which = lie;
            var served =
                    answer(channel -> {
                        var forged = greet(channel);
                        forged.respond(
                                switch (which) {
                                    case 0 -> forged.flipped(DIALLED);
                                    case 1 -> forged.replayed(DIALLED);
                                    case 2 -> forged.swapped(DIALLED, MALLORY);
                                    default -> forged.honest(MALLORY, List.of());
                                });
                    });

            assertThatThrownBy(this::dial)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(which < 3 ? "did not sign" : "dialled");
            assertThat(served.get()).isTrue();
            restartWithoutBackoff();
        }
        assertThat(client.connections()).isEmpty();
    }

    @Test
    void junkAtEveryStageEndsTheDial() throws Exception {
        for (var stage = 0; stage < 3; stage++) {
            for (var size : SIZES) {
                var which = stage;
                var served =
                        answer(channel -> {
                            var junk = Seeds.bytes(new SplittableRandom(size), size);
                            switch (which) {
                                case 0 -> channel.write(junk, 0, size);
                                case 1 -> greet(channel).send(junk);
                                default -> {
                                    greet(channel);
                                    channel.write(junk, 0, size);
                                }
                            }
                        });

                assertThatThrownBy(this::dial).isInstanceOf(IOException.class);
                assertThat(served.get()).isTrue();
                restartWithoutBackoff();
            }
        }
    }

    @Test
    void aRefusalOfTheLastSecurityEndsTheDialAtOnce() throws Exception {
        client = hosts.start(config -> config.withSecurities(List.of(SecurityKind.NOISE)));
        var served =
                answer(channel -> {
                    var refusal = HELLO.clone();
                    System.arraycopy(new byte[] {3, 'n', 'a', '\n'}, 0, refusal, 20, 4);
                    channel.write(refusal, 0, 24);
                });

        assertThatThrownBy(this::dial).hasMessageContaining("does not speak /noise");
        assertThat(served.get()).isTrue();
    }

    private void dial() throws IOException {
        var address = Multiaddr.tcp(listener.bound().getAddress(), listener.bound().getPort());
        client.connect(DIALLED.peerId(), List.of(address), LIMIT);
    }

    /// A new port, which has not failed yet.
    private void restartWithoutBackoff() throws IOException {
        listener.close();
        listener = TcpListener.open(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    }

    private interface Conversation {
        void run(TcpChannel channel) throws IOException;
    }

    /// Serves the next caller; true when it has hung up in the end.
    private Future<Boolean> answer(Conversation conversation) {
        var accepting = listener;
        return threads.submit(() -> {
            try (var channel = accepting.accept()) {
                conversation.run(channel);
                return hungUp(channel);
            }
        });
    }

    private static boolean hungUp(TcpChannel channel) {
        var buffer = new byte[4096];
        try {
            while (channel.read(buffer, 0, buffer.length) >= 0) {
                // What it still says does not matter.
            }
            return true;
        } catch (IOException _) {
            return true; // A reset, as junk of ours lay unread.
        }
    }

    private static ForgedNoise greet(TcpChannel channel) throws IOException {
        var forged = new ForgedNoise(channel);
        assertThat(forged.receive(HELLO.length)).isEqualTo(HELLO);
        channel.write(HELLO, 0, HELLO.length);
        return forged;
    }
}
