package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The program that runs in each namespace: prints `self <peer>`, then `found <address>` for each
/// new address, and ends with its standard input or after a minute.
final class MdnsProbe {
    private static final Duration LIFE_MAX = Duration.ofMinutes(1);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(50);

    private MdnsProbe() {}

    /// @param arguments the addresses to tell
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var self = KeyPair.generate(new SecureRandom()).peerId();
        var own = List.of(arguments).stream().map(Multiaddr::parse).toList();
        System.out.println("self " + self);
        var watched = Thread.ofVirtual().start(MdnsProbe::untilInputEnds);
        var end = System.nanoTime() + LIFE_MAX.toNanos();
        try (var mdns = Mdns.start(self, () -> own, new MonotonicClock(), MdnsProbe::died)) {
            Map<Object, Object> printed = new HashMap<>();
            while (System.nanoTime() < end && !watched.join(LOOK_PAUSE)) {
                mdns.discovered()
                        .forEach((peer, addresses) -> {
                            if (!addresses.equals(printed.put(peer, addresses))) {
                                addresses.forEach(
                                        address -> System.out.println("found " + address));
                            }
                        });
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
