package org.p2prmb.libp2p.autonat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialDataRequest;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialDataResponse;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialRequest;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialResponse;
import org.p2prmb.libp2p.autonat.AutoNatMessage.DialStatus;
import org.p2prmb.libp2p.autonat.AutoNatMessage.Status;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Hosts that ask each other whether they can be dialled, over real sockets, and liars.
@Timeout(60)
final class AutoNatTest {
    private static final AutoNatConfig CONFIG =
            AutoNatConfig.defaults().withScopes(Set.of(AddressScope.LOOPBACK));

    /// Nobody listens there.
    private static final Multiaddr DEAD = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");

    private final TestHosts hosts = new TestHosts();
    private final AtomicInteger dialers = new AtomicInteger();

    @AfterEach
    void close() {
        hosts.close();
    }

    private TcpHost serve(AutoNatConfig config) throws IOException {
        var host = hosts.start();
        AutoNatServer.serve(host, config, this::dialer, new SecureRandom(), new MonotonicClock());
        return host;
    }

    private TcpHost dialer() throws IOException {
        dialers.incrementAndGet();
        var keys = KeyPair.generate(new SecureRandom());
        return TcpHost.start(HostConfig.defaults(keys).withListen(List.of()).withIdentify(false));
    }

    /// A connected asker.
    private record Asker(TcpHost host, AutoNatClient client, Connection server) {
        AutoNatClient.Finding ask(Multiaddr... addresses) throws IOException {
            return client.ask(server, List.of(addresses), TestHosts.LIMIT);
        }
    }

    private Asker asker(TcpHost server) throws IOException {
        var host = hosts.start();
        return new Asker(host, AutoNatClient.start(host), TestHosts.connect(host, server));
    }

    @Test
    void whoCanBeDialledHearsSo() throws IOException {
        var asker = asker(serve(CONFIG));
        var own = asker.host().listenAddresses().getFirst();
        assertThat(asker.ask(own)).isEqualTo(new AutoNatClient.Finding(own, true));
        assertThat(dialers).hasValue(1);
        // The dialler has gone again, and was nobody whom we know.
        assertThat(asker.host().connections()).containsExactly(asker.server());
    }

    @Test
    void whoCannotBeDialledHearsSo() throws IOException {
        var asker = asker(serve(CONFIG));
        assertThat(asker.ask(DEAD)).isEqualTo(new AutoNatClient.Finding(DEAD, false));
    }

    @Test
    void aStrangerAtTheAddressIsNotTheAsker() throws IOException {
        var asker = asker(serve(CONFIG));
        var others = hosts.start().listenAddresses().getFirst();
        assertThat(asker.ask(others)).isEqualTo(new AutoNatClient.Finding(others, false));
    }

    @Test
    void onlyTheFirstAddressThatMayBeDialledIs() throws IOException {
        var asker = asker(serve(CONFIG));
        var own = asker.host().listenAddresses().getFirst();
        var finding =
                asker.ask(
                        Multiaddr.parse("/ip4/10.0.0.1/tcp/1"),
                        Multiaddr.parse("/dns4/localhost/tcp/1"),
                        Multiaddr.parse("/ip4/127.0.0.1/udp/1/quic-v1"),
                        own.withPeer(asker.server().remotePeer()),
                        own,
                        DEAD);
        assertThat(finding).isEqualTo(new AutoNatClient.Finding(own, true));
        assertThat(dialers).hasValue(1);
    }

    @Test
    void byDefaultNobodyIsDialledInPrivateNetworks() throws IOException {
        var asker = asker(serve(AutoNatConfig.defaults()));
        var inside =
                List.of(
                        "/ip4/127.0.0.1/tcp/1",
                        "/ip4/192.168.1.1/tcp/80",
                        "/ip6/fe80::1/tcp/1",
                        "/ip4/169.254.169.254/tcp/80",
                        "/ip6/::ffff:10.0.0.1/tcp/1");
        for (var address : inside) {
            assertThatThrownBy(() -> asker.ask(Multiaddr.parse(address)))
                    .as(address)
                    .hasMessageContaining("DIAL_REFUSED");
        }
        assertThat(dialers).hasValue(0);
    }

    @Test
    void anAddressOfAnotherHostCostsDataFirst() throws IOException {
        var server = serve(CONFIG);
        var asker = asker(server);
        var read = asker.server().traffic().bytesWritten();
        var elsewhere = Multiaddr.parse("/ip4/127.0.0.2/tcp/1");
        assertThat(asker.ask(elsewhere)).isEqualTo(new AutoNatClient.Finding(elsewhere, false));
        assertThat(asker.server().traffic().bytesWritten() - read).isBetween(30_000L, 102_000L);
    }

    @Test
    void whoDoesNotPayIsNotServed() throws IOException {
        var asker = asker(serve(CONFIG.withPatience(Duration.ofSeconds(2))));
        var elsewhere = Multiaddr.parse("/ip4/127.0.0.2/tcp/1").encoded();
        try (var stream = open(asker)) {
            AutoNatCodec.write(stream, new DialRequest(List.of(elsewhere), 7));
            assertThat(AutoNatCodec.read(stream)).isInstanceOf(DialDataRequest.class);
            AutoNatCodec.write(stream, new DialDataResponse(Bytes.wrap(new byte[4096])));
            // Nothing more: the server gives up.
            assertThatThrownBy(() -> AutoNatCodec.read(stream)).isInstanceOf(IOException.class);
        }
        try (var stream = open(asker)) {
            AutoNatCodec.write(stream, new DialRequest(List.of(elsewhere), 7));
            assertThat(AutoNatCodec.read(stream)).isInstanceOf(DialDataRequest.class);
            AutoNatCodec.write(stream, new DialDataResponse(Bytes.EMPTY));
            assertThatThrownBy(() -> AutoNatCodec.read(stream)).isInstanceOf(IOException.class);
        }
        assertThat(dialers).hasValue(0);
    }

    private static Stream open(Asker asker) throws IOException {
        var stream = asker.server().open(List.of(AutoNatServer.DIAL_REQUEST), TestHosts.LIMIT);
        stream.deadline(TestHosts.LIMIT);
        return stream;
    }

    @Test
    void junkCostsTheStreamAndNothingElse() throws IOException {
        var asker = asker(serve(CONFIG));
        for (var junk : List.of(new byte[0], new byte[] {-1, -1}, new byte[9000])) {
            try (var stream = open(asker)) {
                Frames.write(stream, junk);
                assertThatThrownBy(() -> AutoNatCodec.read(stream)).isInstanceOf(IOException.class);
            }
        }
        try (var stream = open(asker)) {
            AutoNatCodec.write(stream, DialResponse.refused(Status.OK));
            assertThatThrownBy(() -> AutoNatCodec.read(stream)).isInstanceOf(IOException.class);
        }
        var own = asker.host().listenAddresses().getFirst();
        assertThat(asker.ask(own).reachable()).isTrue();
    }

    @Test
    void whoAsksTooOftenIsRefused() throws IOException {
        var server = serve(CONFIG.withRequests(60, 2, 4));
        var asker = asker(server);
        assertThat(asker.ask(DEAD).reachable()).isFalse();
        assertThat(asker.ask(DEAD).reachable()).isFalse();
        assertThatThrownBy(() -> asker.ask(DEAD)).hasMessageContaining("REQUEST_REJECTED");
        assertThat(asker(server).ask(DEAD).reachable()).isFalse();
    }

    @Test
    void oneRequestOfAPeerIsWorkedOnAtATime() throws IOException {
        var asker = asker(serve(CONFIG));
        try (var first = open(asker)) {
            var elsewhere = Multiaddr.parse("/ip4/127.0.0.2/tcp/1").encoded();
            AutoNatCodec.write(first, new DialRequest(List.of(elsewhere), 7));
            assertThat(AutoNatCodec.read(first)).isInstanceOf(DialDataRequest.class);
            assertThatThrownBy(() -> asker.ask(DEAD)).hasMessageContaining("REQUEST_REJECTED");
        }
    }

    /// What a lying server does once it has read the request.
    private Asker askerOf(StreamHandler liar) throws IOException {
        var server = hosts.start();
        server.handle(
                AutoNatServer.DIAL_REQUEST,
                stream -> {
                    AutoNatCodec.read(stream);
                    liar.serve(stream);
                });
        return asker(server);
    }

    @Test
    void aSuccessWithoutADialBackIsNotBelieved() throws IOException {
        var asker =
                askerOf(stream ->
                        AutoNatCodec.write(stream, new DialResponse(Status.OK, 0, DialStatus.OK)));
        assertThatThrownBy(() -> asker.ask(DEAD))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("claims");
    }

    @Test
    void aServerThatWantsTooMuchOrSaysNonsenseIsLeft() throws IOException {
        var lies =
                List.<AutoNatMessage>of(
                        new DialDataRequest(0, 100_001),
                        new DialDataRequest(1, 30_000),
                        new DialResponse(Status.OK, 1, DialStatus.DIAL_ERROR),
                        new DialResponse(Status.OK, 0, DialStatus.UNUSED),
                        new DialDataResponse(Bytes.EMPTY),
                        new DialRequest(List.of(), 1));
        for (var lie : lies) {
            var asker = askerOf(stream -> AutoNatCodec.write(stream, lie));
            assertThatThrownBy(() -> asker.ask(DEAD))
                    .as(lie.toString())
                    .isInstanceOf(ProtocolException.class);
        }
    }

    /// Says OK and answers on `connection`, with the nonce that it was given plus `off`.
    private static void dialBack(
            Connection connection, Stream asked, long off, AtomicInteger failures)
            throws IOException {
        var request = (DialRequest) AutoNatCodec.read(asked);
        try (var back = connection.open(List.of(AutoNatServer.DIAL_BACK), TestHosts.LIMIT)) {
            back.deadline(TestHosts.LIMIT);
            AutoNatCodec.writeDialBack(back, request.nonce() + off);
            AutoNatCodec.readDialBackOk(back);
        } catch (IOException e) {
            failures.incrementAndGet();
        }
        AutoNatCodec.write(asked, new DialResponse(Status.OK, 0, DialStatus.OK));
    }

    @Test
    void aDialBackWithAnotherNonceIsRefused() throws IOException {
        var failures = new AtomicInteger();
        var server = hosts.start();
        var asker = asker(server);
        var connection = TestHosts.connect(hosts.start(), asker.host());
        server.handle(
                AutoNatServer.DIAL_REQUEST, stream -> dialBack(connection, stream, 1, failures));
        assertThatThrownBy(() -> asker.ask(DEAD)).isInstanceOf(ProtocolException.class);
        assertThat(failures).hasValue(1);
    }

    /// The server needs no way to us for what it does over connections that are there.
    @Test
    void aDialBackForWhichNobodyDialledIsNotBelieved() throws IOException {
        var failures = new AtomicInteger();
        var server = hosts.start();
        var asker = asker(server);
        var older = TestHosts.connect(hosts.start(), asker.host());
        server.handle(
                AutoNatServer.DIAL_REQUEST,
                stream -> dialBack(stream.connection(), stream, 0, failures));
        assertThatThrownBy(() -> asker.ask(DEAD)).isInstanceOf(ProtocolException.class);
        server.handle(AutoNatServer.DIAL_REQUEST, stream -> dialBack(older, stream, 0, failures));
        assertThatThrownBy(() -> asker.ask(DEAD)).isInstanceOf(ProtocolException.class);
        assertThat(failures).hasValue(2);
    }

    /// Somebody who can be dialled over IPv4 may yet be behind a router over IPv6.
    @Test
    void aDialBackToAnAddressOfAnotherKindIsNotBelieved() throws IOException {
        var server = hosts.start();
        var asker = asker(server);
        server.handle(
                AutoNatServer.DIAL_REQUEST,
                stream -> {
                    var dialled = TestHosts.connect(hosts.start(), asker.host());
                    dialBack(dialled, stream, 0, new AtomicInteger());
                });
        var six = Multiaddr.parse("/ip6/2001:db8::1/tcp/1");
        assertThatThrownBy(() -> asker.ask(six)).isInstanceOf(ProtocolException.class);
        assertThat(asker.ask(DEAD)).isEqualTo(new AutoNatClient.Finding(DEAD, true));
    }
}
