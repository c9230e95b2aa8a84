package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A client process that holds idle connections: each input line is how many it shall hold, each
/// from a host of its own.
final class IdleClients {
    private IdleClients() {}

    public static void main(String[] args) throws IOException {
        var server = Multiaddr.parse(args[0]);
        var hosts = new ArrayList<Host>();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            hold(Integer.parseInt(line), server, hosts);
            System.out.println(hosts.size());
        }
        hosts.forEach(Host::close);
    }

    private static void hold(int wanted, Multiaddr server, List<Host> hosts) throws IOException {
        while (hosts.size() < wanted) {
            var host = Hosts.dialling();
            var connection = host.connect(server, Duration.ofSeconds(20));
            try (var stream = connection.open(List.of(BenchProtocols.ECHO), Hosts.LIMIT)) {
                stream.write(new byte[32], 0, 32);
                stream.closeWrite();
                stream.read(new byte[32], 0, 32);
            }
            hosts.add(host);
        }
        while (hosts.size() > wanted) {
            hosts.removeLast().close();
        }
    }
}
