package org.p2prmb.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.NetworkNamespaces;

import java.io.IOException;
import java.time.Duration;

/// Real multicast between two network namespaces, which the test makes.
@NetworkNamespaces.Needed
final class MdnsNamespacesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    @Timeout(60)
    void twoMachinesOnOneCableFindEachOther() throws IOException {
        try (var namespaces = NetworkNamespaces.joined("10.77.0.1/24", "10.77.0.2/24")) {
            findEachOther(namespaces, "/ip4/10.77.0.1/tcp/4001", "/ip4/10.77.0.2/tcp/4002");
        }
    }

    @Test
    @Timeout(60)
    void twoMachinesWithoutIpv4FindEachOther() throws IOException {
        try (var namespaces = NetworkNamespaces.joined("fd77::1/64", "fd77::2/64")) {
            findEachOther(namespaces, "/ip6/fd77::1/tcp/4001", "/ip6/fd77::2/tcp/4002");
        }
    }

    private static void findEachOther(NetworkNamespaces namespaces, String left, String right)
            throws IOException {
        // The addresses that are told are checked, for those of no network must not be.
        var programs =
                new Process[] {
                    namespaces.java(0, MdnsProbe.class, "/ip4/127.0.0.1/tcp/1", left),
                    namespaces.java(1, MdnsProbe.class, "/ip4/127.0.0.1/tcp/1", right)
                };
        try (var first = programs[0].inputReader();
                var second = programs[1].inputReader()) {
            var leftPeer = NetworkNamespaces.line(first, "self ");
            var rightPeer = NetworkNamespaces.line(second, "self ");
            var start = System.nanoTime();
            assertThat(NetworkNamespaces.line(first, "found "))
                    .isEqualTo(right + "/p2p/" + rightPeer);
            assertThat(NetworkNamespaces.line(second, "found "))
                    .isEqualTo(left + "/p2p/" + leftPeer);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
        }
    }
}
