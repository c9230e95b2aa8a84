package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.NetworkNamespaces;

import java.io.IOException;

@PeerProgram.Needed(PeerProgram.RUST)
@NetworkNamespaces.Needed
final class MdnsTest {
    @Test
    @Timeout(90)
    void javaAndRustFindEachOtherOnALocalNetwork() throws IOException {
        var program = PeerProgram.RUST.path().resolveSibling("rust-mdns").toString();
        try (var namespaces = NetworkNamespaces.joined("10.77.0.1/24", "10.77.0.2/24");
                var java = namespaces.java(0, JavaMdns.class).inputReader();
                var rust = namespaces.program(1, program).inputReader()) {
            var javaPeer = NetworkNamespaces.line(java, "self ");
            var rustPeer = NetworkNamespaces.line(rust, "self ");
            assertThat(NetworkNamespaces.line(java, "found "))
                    .startsWith("/ip4/10.77.0.2/tcp/")
                    .endsWith("/p2p/" + rustPeer);
            assertThat(NetworkNamespaces.line(rust, "found "))
                    .startsWith("/ip4/10.77.0.1/tcp/")
                    .endsWith("/p2p/" + javaPeer);
        }
    }
}
