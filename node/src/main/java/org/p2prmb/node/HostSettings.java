package org.p2prmb.node;

import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.HostTimeouts;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.AddressLimits;
import org.p2prmb.libp2p.resource.ResourceLimits;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.libp2p.transport.TcpListener;
import org.p2prmb.node.config.AgentConfig;

import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;

/// What an agent's configuration says to its host and to gossip.
final class HostSettings {
    private HostSettings() {}

    static HostConfig of(AgentConfig config, KeyPair keys, Resolver resolver) {
        return config.transport()
                .applyTo(HostConfig.defaults(keys))
                .withListen(listen(config))
                .withAnnounce(config.operator().announce())
                .withResolver(resolver)
                .withTimeouts(HostTimeouts.defaults().withIdle(config.operator().idleMax()))
                .withLimits(
                        ResourceLimits.defaults()
                                .withConnections(config.connectionsMax(), inboundMax(config))
                                .withAddresses(
                                        AddressLimits.of(
                                                config.operator().connectionsPerAddressMax(),
                                                config.exemptLoopback())));
    }

    /// Scores and limits stay as they are: agents judge each other alike.
    static GossipConfig gossip(AgentConfig config) {
        var direct = new HashMap<PeerId, List<Multiaddr>>();
        for (var address : config.operator().direct()) {
            direct.merge(
                    address.peer().orElseThrow(),
                    List.of(address),
                    (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
        }
        return GossipConfig.defaults().withDirectPeers(direct);
    }

    /// A quarter of the places stays for our own dials.
    static int inboundMax(AgentConfig config) {
        return config.connectionsMax() - config.connectionsMax() / 4;
    }

    /// The default is to listen everywhere, which on a machine without IPv6 is IPv4 alone.
    private static List<Multiaddr> listen(AgentConfig config) {
        var everywhere = AgentConfig.defaults().listen();
        return config.listen().equals(everywhere) && !TcpListener.hasIpv6()
                ? everywhere.subList(0, 1)
                : config.listen();
    }
}
