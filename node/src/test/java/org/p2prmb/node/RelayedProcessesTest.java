package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.NetworkNamespaces;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Agents in processes and network namespaces of their own, one of which is a relay.
@NetworkNamespaces.Needed
final class RelayedProcessesTest {
    @TempDir Path folder;

    @Test
    @Timeout(120)
    void anAgentThatCannotBeDialledAnswersThroughTheRelay() throws IOException {
        try (var namespaces = NetworkNamespaces.joined("10.77.0.1/24", "10.77.0.2/24")) {
            try (var relay = start(namespaces, 0, "relay", "/ip4/10.77.0.1/tcp/4001")) {
                var address = NetworkNamespaces.line(relay, "self ");
                try (var hidden = start(namespaces, 1, "hidden", address)) {
                    var peer = NetworkNamespaces.line(hidden, "self ");
                    assertThat(NetworkNamespaces.line(hidden, "announced "))
                            .isEqualTo(address + "/p2p-circuit");
                    try (var caller = start(namespaces, 0, "caller", address, peer)) {
                        assertThat(NetworkNamespaces.line(caller, "answer "))
                                .isEqualTo("\"hello\"");
                    }
                }
            }
        }
    }

    private BufferedReader start(
            NetworkNamespaces namespaces, int number, String role, String... more)
            throws IOException {
        var arguments = new ArrayList<String>();
        arguments.add(folder.resolve(role).toString());
        arguments.add(role);
        arguments.addAll(List.of(more));
        return namespaces
                .java(number, RelayedAgentProgram.class, arguments.toArray(String[]::new))
                .inputReader();
    }
}
