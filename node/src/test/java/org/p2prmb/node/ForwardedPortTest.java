package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.autonat.AutoNatConfig;
import org.p2prmb.libp2p.autonat.AutoNatServer;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.host.TestHosts;
import org.p2prmb.libp2p.identify.Identify;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.wire.IdentifyProto;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ReachConfig;
import org.p2prmb.node.exchange.DelayedLine;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// An agent on 127.0.0.1 whose peers all see it come from 127.0.0.2, as behind a router.
@Timeout(120)
final class ForwardedPortTest {
    private static final String OUTSIDE = "127.0.0.2";

    /// For a question about each address, a quarter of a minute apart.
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir Path folder;

    private final TestHosts hosts = new TestHosts();
    private TestAgents agents;

    @BeforeEach
    void open() {
        agents = new TestAgents(folder);
    }

    @AfterEach
    void close() {
        agents.close();
        hosts.close();
    }

    /// A peer in a network of its own; only the first answers whether others can be dialled, for
    /// each that does has to be asked.
    private TcpHost observer(int index) throws IOException {
        var listen = Multiaddr.parse("/ip4/127.0.1.%d/tcp/0".formatted(index));
        var host = hosts.start(config -> config.withIdentify(false).withListen(List.of(listen)));
        var seen = Multiaddr.parse("/ip4/" + OUTSIDE + "/tcp/" + (50_000 + index));
        var identity =
                IdentifyProto.newBuilder()
                        .setObservedAddr(ByteString.copyFrom(seen.encoded().toArray()));
        if (index == 1) {
            serveAutoNat(host);
            identity.addProtocols(AutoNatServer.DIAL_REQUEST);
        }
        host.handle(
                Identify.PROTOCOL,
                stream -> {
                    Frames.write(stream, identity.build().toByteArray());
                    stream.closeWrite();
                });
        return host;
    }

    private static void serveAutoNat(TcpHost host) {
        var random = TestAgents.RANDOM;
        AutoNatServer.serve(
                host,
                AutoNatConfig.defaults().withScopes(Set.of(AddressScope.LOOPBACK)),
                () ->
                        TcpHost.start(
                                HostConfig.defaults(KeyPair.generate(random))
                                        .withListen(List.of())
                                        .withIdentify(false)),
                random,
                new MonotonicClock());
    }

    private Agent agent(AgentConfig config, int observers) throws IOException {
        var open = ReachConfig.defaults().withAutoNatPrivate(true);
        var agent = agents.start(config.withReach(open));
        for (var index = 1; index <= observers; index++) {
            TestHosts.connect(agent.host(), observer(index));
        }
        return agent;
    }

    private static Multiaddr outside(Agent agent) throws IOException {
        var inside = agent.host().listenAddresses().getFirst();
        return inside.withIp(InetAddress.getByName(OUTSIDE)).orElseThrow();
    }

    private static DelayedLine router(Agent agent) throws IOException {
        var inside = agent.host().listenAddresses().getFirst();
        return DelayedLine.router(InetAddress.getByName(OUTSIDE), inside);
    }

    @Test
    void anAddressThatThePeersSeeAndReachIsAnnounced() throws Exception {
        var agent = agent(TestAgents.config(), 3);
        var inside = agent.host().listenAddresses().getFirst();
        try (var router = router(agent)) {
            assertThat(router.address()).isEqualTo(outside(agent));
            assertThat(agent.announced()).containsExactly(inside);
            TestHosts.connect(agent.host(), observer(4));
            var outside = outside(agent);
            Eventually.holds(PATIENCE, "it is", () -> agent.announced().contains(outside));
            assertThat(agent.announced()).contains(inside);
        }
    }

    @Test
    void whatNobodyReachesIsNotAndAnOperatorWhoNamesAddressesIsNotContradicted() throws Exception {
        var named = Multiaddr.parse("/ip4/127.0.0.3/tcp/1");
        var config = TestAgents.config();
        var operated =
                agent(config.withOperator(config.operator().withAnnounce(List.of(named))), 4);
        var blocked = agent(TestAgents.config(), 4);
        var other = agent(TestAgents.config(), 4);
        try (var _ = router(operated);
                var _ = router(other)) {
            Eventually.holds(PATIENCE, "another is", () -> other.announced().size() > 1);
        }
        assertThat(operated.announced()).containsExactly(named);
        assertThat(blocked.announced()).isEqualTo(blocked.host().listenAddresses());
    }
}
