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
import org.p2prmb.node.config.AgentConfig;

import java.util.HashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What an agent's configuration says to its host and to gossip.
final class HostSettings {
    private HostSettings() {}

    static HostConfig of(AgentConfig config, KeyPair keys, Resolver resolver) {
        return config.transport()
                .applyTo(HostConfig.defaults(keys))
                .withListen(config.listen())
                .withAnnounce(config.operator().announce())
                .withResolver(resolver)
                .withTrustedNames(trustedNames(config))
                .withTimeouts(HostTimeouts.defaults().withIdle(config.operator().idleMax()))
                .withLimits(
                        ResourceLimits.defaults()
                                .withConnections(config.connectionsMax(), inboundMax(config))
                                .withAddresses(
                                        AddressLimits.of(
                                                config.operator().connectionsPerAddressMax(),
                                                config.exemptLoopback())));
    }

    /// What the operator wrote leads where he wants it; in a closed network anybody's names may
    /// lead into it.
    private static Predicate<Multiaddr> trustedNames(AgentConfig config) {
        if (config.reach().autoNatPrivate()) {
            return _ -> true;
        }
        var written =
                Stream.concat(config.bootstrap().stream(), config.operator().direct().stream())
                        .map(Multiaddr::withoutPeer)
                        .collect(Collectors.toSet());
        return address -> written.contains(address.relay().orElse(address).withoutPeer());
    }

    /// Scores and limits stay as they are, for agents judge each other alike; but whether this
    /// machine's addresses count, and whom to trust at first, is the configuration's to say.
    static GossipConfig gossip(AgentConfig config) {
        var direct = new HashMap<PeerId, List<Multiaddr>>();
        for (var address : config.operator().direct()) {
            direct.merge(
                    address.peer().orElseThrow(),
                    List.of(address),
                    (some, more) -> Stream.concat(some.stream(), more.stream()).toList());
        }
        var trusted =
                config.bootstrap().stream()
                        .flatMap(address -> address.peer().stream())
                        .collect(Collectors.toSet());
        var groups = IpGroups.of(config.exemptLoopback());
        return GossipConfig.defaults()
                .withScore(ScoreConfig.defaults().withColocationGroups(groups))
                .withTrusted(trusted)
                .withDirectPeers(direct);
    }

    /// A quarter of the places stays for our own dials.
    static int inboundMax(AgentConfig config) {
        return config.connectionsMax() - config.connectionsMax() / 4;
    }
}
