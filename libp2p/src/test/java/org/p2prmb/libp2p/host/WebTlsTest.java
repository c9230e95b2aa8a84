package org.p2prmb.libp2p.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.libp2p.host.TestHosts.ECHO;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.libp2p.transport.TcpChannel;
import org.p2prmb.libp2p.websocket.WebCertificate;
import org.p2prmb.libp2p.websocket.WebTls;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// WebSockets inside TLS with an ordinary certificate, which the dialer trusts or not.
@Timeout(60)
final class WebTlsTest {
    private static final Multiaddr LISTEN = Multiaddr.parse("/ip4/127.0.0.1/tcp/0/tls/ws");

    @TempDir private Path directory;
    private final TestHosts hosts = new TestHosts();
    private WebCertificate certificate;
    private TcpHost server;

    @BeforeEach
    void startServer() throws IOException {
        certificate = WebCertificate.create(directory);
        server = listening(LISTEN);
    }

    @AfterEach
    void closeHosts() {
        hosts.close();
    }

    private TcpHost listening(Multiaddr address) throws IOException {
        var shown = WebTls.defaults().withCertificate(certificate.chain(), certificate.key());
        return hosts.startEcho(config ->
                config.withListen(List.of(address))
                        .withTimeouts(HostTimeouts.defaults().withUpgrade(Duration.ofSeconds(4)))
                        .withWebTls(shown));
    }

    private TcpHost trusting() throws IOException {
        var trust = WebTls.defaults().withTrusted(certificate.chain());
        return hosts.start(config -> config.withWebTls(trust).withResolver(new Localhost()));
    }

    private Connection dial(TcpHost client, Multiaddr address) throws IOException {
        return client.connect(server.peerId(), List.of(address), TestHosts.LIMIT);
    }

    private Multiaddr named(String form) {
        var port = server.listenAddresses().getFirst().tcpAddress().orElseThrow().getPort();
        return Multiaddr.parse(form.formatted(port));
    }

    @Test
    void aTrustedCertificateForTheAddressIsEnough() throws IOException {
        var address = server.listenAddresses().getFirst();
        assertThat(address.toString()).endsWith("/tls/ws");
        var message = Seeds.bytes(new SplittableRandom(3), 300_000);

        var connection = dial(trusting(), address);

        assertThat(TestHosts.ask(connection, ECHO, message)).isEqualTo(message);
        assertThat(connection.remoteAddress()).isEqualTo(address);
    }

    @Test
    void aNameIsKeptForTheServerToProve() throws IOException {
        for (var form : List.of("/dns4/localhost/tcp/%d/wss", "/dns4/localhost/tcp/%d/tls/ws")) {
            var connection = dial(trusting(), named(form));

            assertThat(connection.remoteAddress().toString()).endsWith("/tls/sni/localhost/ws");
            assertThat(TestHosts.ask(connection, ECHO, new byte[] {1})).containsExactly(1);
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefused() throws IOException {
        var client = trusting();

        assertThatThrownBy(() -> dial(client, named("/dns4/bank.example/tcp/%d/tls/ws")))
                .hasMessageContaining("bank.example");
        assertThatThrownBy(() -> dial(client, named("/ip4/127.0.0.1/tcp/%d/tls/sni/other.x/ws")))
                .hasMessageContaining("other.x");
    }

    @Test
    void aCertificateOfAnIssuerThatNobodyTrustsIsRefused() throws IOException {
        var client = hosts.start();

        assertThatThrownBy(() -> dial(client, server.listenAddresses().getFirst()))
                .hasMessageContaining("tls: ");
    }

    @Test
    void olderVersionsOfTlsAreRefused() throws Exception {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        var sockets = SSLContext.getDefault().getSocketFactory();
        try (var socket =
                (SSLSocket) sockets.createSocket(address.getAddress(), address.getPort())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(socket::startHandshake).hasMessageContaining("protocol_version");
        }
    }

    @Test
    void aPlainWebSocketMeetsNoServerThere() throws IOException {
        var client = trusting();

        assertThatThrownBy(() -> dial(client, named("/ip4/127.0.0.1/tcp/%d/ws")))
                .isInstanceOf(IOException.class);
    }

    @Test
    void whoSaysNothingOrJunkInsteadOfTlsIsCutOff() throws IOException {
        var address = server.listenAddresses().getFirst().tcpAddress().orElseThrow();
        var to = new InetSocketAddress(address.getAddress(), address.getPort());
        var channels = new ArrayList<TcpChannel>();
        for (var size : List.of(0, 1, 5, 200, 20_000)) {
            var channel = TcpChannel.dial(to, TestHosts.LIMIT);
            channels.add(channel);
            channel.write(Seeds.bytes(new SplittableRandom(size), size), 0, size);
        }
        for (var channel : channels) {
            assertThat(ends(channel)).isTrue();
            channel.close();
        }
        assertThat(dial(trusting(), server.listenAddresses().getFirst()).isOpen()).isTrue();
    }

    private static boolean ends(TcpChannel channel) {
        var buffer = new byte[4096];
        try {
            while (channel.read(buffer, 0, buffer.length) >= 0) {
                // An alert.
            }
            return true;
        } catch (IOException e) {
            return e.getMessage().contains("reset");
        }
    }

    @Test
    void filesThatAreNoCertificateOrKeyAreNamed() throws IOException {
        var junk = Files.writeString(directory.resolve("junk.pem"), "junk");
        var old =
                Files.writeString(
                        directory.resolve("old.pem"), "-----BEGIN EC PRIVATE KEY-----\nMHcC\n");
        var tls = WebTls.defaults();

        assertThatThrownBy(() -> tls.withCertificate(junk, certificate.key()))
                .hasMessageContaining("junk.pem holds no certificate");
        assertThatThrownBy(() -> tls.withCertificate(certificate.chain(), old))
                .hasMessageContaining("old.pem")
                .hasMessageContaining("openssl pkcs8");
        assertThatThrownBy(() -> tls.withTrusted(junk)).hasMessageContaining("junk.pem");
        assertThatThrownBy(() -> tls.withTrusted(directory.resolve("none.pem")))
                .hasMessageContaining("none.pem");
    }

    /// Every name is this machine.
    private static final class Localhost implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) {
            return List.of(InetAddress.getLoopbackAddress());
        }

        @Override
        public List<String> texts(String name) {
            return List.of();
        }
    }
}
