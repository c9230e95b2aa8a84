package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.resource.ResourceLimits;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Real hosts on the loopback interface, closed together.
public final class TestHosts implements AutoCloseable {
    public static final Duration LIMIT = Duration.ofSeconds(20);
    public static final String ECHO = "/test/echo/1.0.0";

    private final List<Host> hosts = new ArrayList<>();

    /// A host with a new identity on a free port, with identify and every limit at its default.
    public TcpHost start() throws IOException {
        return start(config -> config);
    }

    public TcpHost start(UnaryOperator<HostConfig> change) throws IOException {
        var keys = KeyPair.generate(new SecureRandom());
        var host = TcpHost.start(change.apply(HostConfig.defaults(keys)));
        hosts.add(host);
        return host;
    }

    /// A host that sends back what comes on [#ECHO].
    public TcpHost startEcho() throws IOException {
        return startEcho(config -> config);
    }

    public TcpHost startEcho(UnaryOperator<HostConfig> change) throws IOException {
        var host = start(change);
        host.handle(ECHO, TestHosts::echo);
        return host;
    }

    /// Default limits, but for the connections that have not proven who they are.
    public static ResourceLimits pending(int most) {
        var limits = ResourceLimits.defaults();
        return limits.withUnproven(
                limits.unproven().all().withConnections(most, most, Integer.MAX_VALUE));
    }

    public static Connection connect(Host from, Host to) throws IOException {
        return from.connect(to.peerId(), to.listenAddresses(), LIMIT);
    }

    /// Writes `bytes`, half-closes, and returns all that comes back.
    public static byte[] ask(Connection connection, String protocol, byte[] bytes)
            throws IOException {
        try (var stream = connection.open(List.of(protocol), LIMIT)) {
            stream.deadline(LIMIT);
            stream.write(bytes, 0, bytes.length);
            stream.closeWrite();
            return readAll(stream);
        }
    }

    public static byte[] readAll(Stream stream) throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        var buffer = new byte[8192];
        for (int count; (count = stream.read(buffer, 0, buffer.length)) >= 0; ) {
            all.write(buffer, 0, count);
        }
        return all.toByteArray();
    }

    /// A [StreamHandler] that sends back what comes.
    public static void echo(Stream stream) throws IOException {
        var buffer = new byte[65536];
        for (int count; (count = stream.read(buffer, 0, buffer.length)) >= 0; ) {
            stream.write(buffer, 0, count);
        }
    }

    @Override
    public void close() {
        hosts.forEach(Host::close);
    }
}
