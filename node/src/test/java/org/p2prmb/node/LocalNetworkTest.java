package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.NetworkNamespaces;

import java.io.IOException;
import java.nio.file.Path;

/// Agents in two network namespaces, which the test makes.
@NetworkNamespaces.Needed
final class LocalNetworkTest {
    @TempDir Path folder;

    @Test
    @Timeout(90)
    void agentsWithoutAFirstAddressBecomeNeighboursThroughMdns() throws IOException {
        try (var namespaces = NetworkNamespaces.joined("10.77.0.1/24", "10.77.0.2/24")) {
            var left = start(namespaces, 0);
            var right = start(namespaces, 1);
            try (var first = left.inputReader();
                    var second = right.inputReader()) {
                var leftPeer = NetworkNamespaces.line(first, "self ");
                var rightPeer = NetworkNamespaces.line(second, "self ");
                assertThat(NetworkNamespaces.line(first, "neighbour ")).isEqualTo(rightPeer);
                assertThat(NetworkNamespaces.line(second, "neighbour ")).isEqualTo(leftPeer);
            }
        }
    }

    @Test
    @Timeout(90)
    void aPeerThatIsNoAgentIsCalledAndLeftAlone() throws IOException {
        try (var namespaces = NetworkNamespaces.joined("10.77.0.1/24", "10.77.0.2/24")) {
            var stranger = namespaces.java(1, LocalStrangerProgram.class);
            try (var agent = start(namespaces, 0).inputReader();
                    var output = stranger.inputReader()) {
                var peer = NetworkNamespaces.line(agent, "self ");
                assertThat(NetworkNamespaces.line(output, "called ")).isEqualTo(peer);
                assertThat(NetworkNamespaces.line(output, "left ")).isEqualTo(peer);
            }
        }
    }

    private Process start(NetworkNamespaces namespaces, int number) throws IOException {
        var data = folder.resolve("agent" + number).toString();
        return namespaces.java(number, LocalAgentProgram.class, data);
    }
}
