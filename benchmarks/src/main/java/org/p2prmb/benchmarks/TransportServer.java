package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.perf.Perf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// The server process of the transport workloads: prints its address, then obeys its parent.
///
/// `rss` prints the resident bytes after three collections, `connections` how many are open; the
/// end of its input ends it.
final class TransportServer {
    private TransportServer() {}

    public static void main(String[] args) throws IOException {
        try (var host = Hosts.listening();
                var in =
                        new BufferedReader(
                                new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            BenchProtocols.serve(host);
            host.handle(Perf.PROTOCOL, new Perf.Responder());
            System.out.println(host.listenAddresses().getFirst().withPeer(host.peerId()));
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                switch (line) {
                    case "rss" -> System.out.println(Measured.residentBytes());
                    case "connections" -> System.out.println(host.connections().size());
                    default -> System.out.println("unknown: " + line);
                }
            }
        }
    }
}
