package org.p2prmb.libp2p.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;

@Timeout(60)
final class IdentifyTest {
    private final TestHosts hosts = new TestHosts();
    private final LinkedBlockingQueue<PeerInfo> heard = new LinkedBlockingQueue<>();

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    @Test
    void everyNewConnectionSaysWhatItIs() throws Exception {
        var server = hosts.startEcho(config -> config.withAgentVersion("server/1"));
        var client = listening(hosts.start(config -> config.withAgentVersion("client/1")));
        var connection = TestHosts.connect(client, server);

        var info = next();
        assertThat(info.peer()).isEqualTo(server.peerId());
        assertThat(info.agentVersion()).isEqualTo("server/1");
        assertThat(info.protocolVersion()).isEqualTo("rmb/1.0.0");
        assertThat(info.protocols())
                .contains(ECHO, "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0");
        assertThat(info.listenAddresses()).isEqualTo(server.listenAddresses());
        assertThat(info.dialAddresses()).isEqualTo(server.listenAddresses());
        assertThat(info.dialAddresses()).noneMatch(address -> address.toString().endsWith("/0"));
        assertThat(info.observedAddress()).isEqualTo(connection.localAddress());
        assertThat(info.signedRecord()).isNotNull();
        assertThat(info.signedRecord().addresses()).isEqualTo(server.listenAddresses());
    }

    @Test
    void bothSidesAsk() throws Exception {
        var server = listening(hosts.start());
        var client = hosts.start();
        TestHosts.connect(client, server);

        assertThat(next().peer()).isEqualTo(client.peerId());
    }

    @Test
    void aChangeIsPushed() throws Exception {
        var server = hosts.start();
        var client = listening(hosts.start());
        var asked = new LinkedBlockingQueue<PeerInfo>();
        listening(server, asked);
        TestHosts.connect(client, server);
        assertThat(next().protocols()).doesNotContain("/test/late");
        asked.poll(20, TimeUnit.SECONDS); // The server knows that the client takes pushes.

        server.handle("/test/late", stream -> {});
        var served = nextThat(info -> info.protocols().contains("/test/late"));
        assertThat(served.protocols()).contains("/ipfs/ping/1.0.0");
        server.unhandle("/test/late");
        var last = nextThat(info -> !info.protocols().contains("/test/late"));
        assertThat(last.protocols()).contains("/ipfs/ping/1.0.0");
        assertThat(last.listenAddresses()).isEqualTo(server.listenAddresses());
    }

    @Test
    @DisplayName("go-libp2p#3483, js-libp2p#3423, specs#709: several messages")
    void manyProtocolsTakeSeveralMessages() throws Exception {
        var server = hosts.start();
        var names = IntStream.range(0, 500).mapToObj("/test/protocol/%03d/1.0.0"::formatted);
        names.forEach(name -> server.handle(name, stream -> {}));
        var client = listening(hosts.start());
        var connection = TestHosts.connect(client, server);

        var info = next();
        assertThat(info.protocols()).hasSize(503);
        assertThat(info.signedRecord()).isNotNull();
        try (var stream = connection.open(List.of(Identify.PROTOCOL), TestHosts.LIMIT)) {
            var first = Frames.read(stream, 4096);
            assertThat(first).hasSizeGreaterThan(3000);
        }
    }

    @Test
    void whoSpeaksOfAnotherPeerIsNotBelieved() throws Exception {
        var victim = KeyPair.generate(new SecureRandom());
        var address = Multiaddr.parse("/ip4/127.0.0.1/tcp/9");
        var foreignKey =
                IdentifyMessage.encoded(
                        victim.publicKey(), "x", List.of(address), List.of(), address, Bytes.EMPTY);
        var junk = List.of(new byte[] {1, 2, 3});
        for (var messages : List.of(foreignKey, junk)) {
            var liar = hosts.start();
            liar.handle(Identify.PROTOCOL, stream -> writeAll(stream, messages));
            var client = listening(hosts.start());
            var connection = TestHosts.connect(client, liar);
            var honest = hosts.start();
            TestHosts.connect(client, honest);

            assertThat(next().peer()).isEqualTo(honest.peerId());
            assertThat(heard).isEmpty();
            assertThat(connection.isOpen()).isTrue();
        }
    }

    private static void writeAll(org.p2prmb.libp2p.core.Stream stream, List<byte[]> messages)
            throws IOException {
        for (var message : messages) {
            Frames.write(stream, message);
        }
    }

    @Test
    @DisplayName("nim-libp2p#924: nothing depends on identify")
    void aRemoteWithoutIdentifyIsNoHarm() throws Exception {
        var server = hosts.startEcho(config -> config.withIdentify(false));
        var client = listening(hosts.start());
        var connection = TestHosts.connect(client, server);
        var other = hosts.start();
        TestHosts.connect(client, other);

        assertThat(next().peer()).isEqualTo(other.peerId());
        assertThat(TestHosts.ask(connection, ECHO, new byte[] {1})).containsExactly(1);
    }

    /// The same may be told twice, so this waits for what is new.
    private PeerInfo nextThat(Predicate<PeerInfo> fits) throws InterruptedException {
        var info = next();
        for (var told = 0; told < 10 && !fits.test(info); told++) {
            info = next();
        }
        assertThat(info).matches(fits);
        return info;
    }

    private PeerInfo next() throws InterruptedException {
        var info = heard.poll(20, TimeUnit.SECONDS);
        assertThat(info).isNotNull();
        return info;
    }

    private <H extends Host> H listening(H host) {
        return listening(host, heard);
    }

    private static <H extends Host> H listening(H host, LinkedBlockingQueue<PeerInfo> results) {
        host.listen(
                new HostListener() {
                    @Override
                    public void identified(Connection connection, PeerInfo info) {
                        results.add(info);
                    }
                });
        return host;
    }
}
