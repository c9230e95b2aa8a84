package org.p2prmb.node;

import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.IpGroups;
import org.p2prmb.libp2p.gossipsub.ScoreConfig;
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
    private static final String WILDCARD_4 = "/ip4/0.0.0.0/tcp/";
    private static final String WILDCARD_6 = "/ip6/::/tcp/";

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

    /// Scores and limits stay as they are, for agents judge each other alike; but whether this
    /// machine's addresses count is the configuration's to say.
    static GossipConfig gossip(AgentConfig config) {
        var direct = new HashMap<PeerId, List<Multiaddr>>();
        for (var address : config.operator().direct()) {
            direct.merge(
                    address.peer().orElseThrow(),
                    List.of(address),
                    (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
        }
        var groups = IpGroups.of(config.exemptLoopback());
        return GossipConfig.defaults()
                .withScore(ScoreConfig.defaults().withColocationGroups(groups))
                .withDirectPeers(direct);
    }

    /// A quarter of the places stays for our own dials.
    static int inboundMax(AgentConfig config) {
        return config.connectionsMax() - config.connectionsMax() / 4;
    }

    /// The default is to listen everywhere, which on a machine without IPv6 is IPv4 alone.
    private static List<Multiaddr> listen(AgentConfig config) {
        var listen = config.listen();
        return TcpListener.hasIpv6()
                ? listen
                : listen.stream().filter(address -> !hasTwin(address, listen)).toList();
    }

    /// Whether this is the wildcard of IPv6, and that of IPv4 is listed as well.
    private static boolean hasTwin(Multiaddr address, List<Multiaddr> listen) {
        var text = address.toString();
        return text.startsWith(WILDCARD_6)
                && listen.contains(Multiaddr.parse(text.replace(WILDCARD_6, WILDCARD_4)));
    }
}
