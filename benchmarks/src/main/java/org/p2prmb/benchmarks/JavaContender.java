package org.p2prmb.benchmarks;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.perf.Perf;

import java.io.IOException;

/// Our stack in the comparison: the server is a JVM of its own, the client this one.
final class JavaContender implements Contender {
    private final ChildProcess server = new ChildProcess(TransportServer.class);
    private final TransportWorkloads workloads;
    private final Host host;
    private final Connection connection;

    JavaContender() throws IOException {
        var address = Multiaddr.parse(server.line());
        workloads = new TransportWorkloads(address);
        host = Hosts.dialling();
        connection = host.connect(address, Hosts.LIMIT);
    }

    @Override
    public double perfSeconds(long up, long down) throws IOException {
        return Perf.measure(connection, up, down, Hosts.LIMIT).toNanos() / 1e9;
    }

    @Override
    public double connectionSeconds(int dialers, int each)
            throws IOException, InterruptedException {
        return dialers * each / workloads.connections(dialers, each);
    }

    @Override
    public Latency latency(int requests) throws IOException {
        var nanos = workloads.requests(connection, requests);
        return new Latency(
                Measured.percentileMillis(nanos, 0.50), Measured.percentileMillis(nanos, 0.99));
    }

    @Override
    public double requestSeconds(int inFlight, int requests)
            throws IOException, InterruptedException {
        return requests / workloads.requestRate(connection, inFlight, requests);
    }

    @Override
    public double gossipRate() throws IOException {
        return GossipRate.of(new ChildProcess(GossipBenchmark.class));
    }

    @Override
    public Idle idle() throws IOException {
        var process = new ChildProcess(TransportServer.class);
        var address = process.line();
        return new Idle() {
            @Override
            public String address() {
                return address;
            }

            @Override
            public long residentBytes() throws IOException {
                return Long.parseLong(process.ask("rss"));
            }

            @Override
            public void close() throws IOException {
                process.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        host.close();
        server.close();
    }
}
