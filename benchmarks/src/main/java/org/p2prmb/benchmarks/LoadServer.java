package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Validator;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.ResourceLimits;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// A host under load: identify, ping, echo and one topic of gossip, with the limits that a host has
/// by default, or with fewer connections when it is told how many.
final class LoadServer implements AutoCloseable {
    static final String TOPIC = "load";

    private final TcpHost host;
    private final GossipSub gossip;

    /// @param connectionsMax at most so many connections, three quarters of them inbound; 0: as
    ///     many as the heap and the file descriptors allow
    LoadServer(int connectionsMax) throws IOException, InterruptedException {
        var limits = ResourceLimits.defaults();
        var inbound = connectionsMax - connectionsMax / 4;
        host =
                TcpHost.start(
                        HostConfig.defaults(KeyPair.generate(new SecureRandom()))
                                .withLimits(
                                        connectionsMax == 0
                                                ? limits
                                                : limits.withConnections(connectionsMax, inbound)));
        BenchProtocols.serve(host);
        gossip = GossipSub.start(host, GossipConfig.defaults());
        var _ = gossip.subscribe(TOPIC, Validator.ACCEPT_ALL, _ -> {});
    }

    TcpHost host() {
        return host;
    }

    Multiaddr address() {
        return host.listenAddresses().getFirst().withPeer(host.peerId());
    }

    @Override
    public void close() {
        gossip.close();
        host.close();
    }

    /// Prints its address, then its state for each line `state`, and the resident bytes and the
    /// state after three collections for `rest`.
    public static void main(String[] args) throws IOException, InterruptedException {
        try (var server = new LoadServer(Integer.parseInt(args[0]));
                var in =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            System.out.println(server.address());
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var resident = line.equals("rest") ? Measured.residentBytes() : 0;
                var state = HostState.of(server.host).put("residentBytes", resident);
                System.out.println(
                        line.equals("rest") ? state.put("threads", HostState.threads()) : state);
            }
        }
    }
}
