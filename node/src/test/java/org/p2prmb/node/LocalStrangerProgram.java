package org.p2prmb.node;

import org.p2prmb.discovery.mdns.Mdns;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;

/// A peer of libp2p on the local network that is no agent: prints `called` and `left` as others
/// connect and disconnect; ends with its standard input.
final class LocalStrangerProgram {
    private LocalStrangerProgram() {}

    public static void main(String[] arguments) throws IOException {
        var keys = KeyPair.generate(new SecureRandom());
        var listen = List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"));
        var config = HostConfig.defaults(keys).withListen(listen);
        try (var host = TcpHost.start(config)) {
            host.listen(new Printer());
            var clock = new MonotonicClock();
            try (var _ =
                    Mdns.start(
                            host.peerId(),
                            host::listenAddresses,
                            clock,
                            cause -> System.out.println("died of " + cause))) {
                var _ = System.in.readAllBytes();
            }
        }
    }

    private static final class Printer implements HostListener {
        @Override
        public void connected(Connection connection) {
            System.out.println("called " + connection.remotePeer());
        }

        @Override
        public void disconnected(Connection connection) {
            System.out.println("left " + connection.remotePeer());
        }
    }
}
