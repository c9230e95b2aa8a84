package org.p2prmb.interop;

import org.p2prmb.discovery.mdns.Mdns;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/// What `rust-mdns` is, in Java: prints `self <peer>`, then `found <address>` for each address
/// that it discovers, and ends with its standard input or after a minute.
final class JavaMdns {
    private static final Duration LIFE_MAX = Duration.ofMinutes(1);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(50);

    private JavaMdns() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var keys = KeyPair.generate(new SecureRandom());
        var listen = List.of(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"));
        var watched = Thread.ofVirtual().start(JavaMdns::untilInputEnds);
        var end = System.nanoTime() + LIFE_MAX.toNanos();
        var clock = new MonotonicClock();
        try (var host = TcpHost.start(HostConfig.defaults(keys).withListen(listen));
                var mdns =
                        Mdns.start(host.peerId(), host::listenAddresses, clock, JavaMdns::died)) {
            System.out.println("self " + host.peerId());
            var printed = new HashSet<Multiaddr>();
            while (System.nanoTime() < end && !watched.join(LOOK_PAUSE)) {
                for (var addresses : mdns.discovered().values()) {
                    addresses.stream()
                            .filter(printed::add)
                            .forEach(address -> System.out.println("found " + address));
                }
            }
        }
    }

    private static void untilInputEnds() {
        try {
            var _ = System.in.readAllBytes();
        } catch (IOException e) {
            System.out.println("input: " + e.getMessage());
        }
    }

    private static void died(Throwable cause) {
        System.out.println("died of " + cause);
    }
}
