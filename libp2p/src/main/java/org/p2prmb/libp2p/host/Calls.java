package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.resource.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;

/// Finds a connection for whoever wants one: one that is open, or a new one.
///
/// A circuit that its relay limits is second best: as long as an address is known that leads
/// through none, that one is tried first.
final class Calls {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

    private final Connections connections;
    private final AddressBook addresses;
    private final Dialer dialer;
    private final Resources resources;
    private final Registry registry;
    private final MonotonicClock clock;
    private final SharedDials dials = new SharedDials();

    Calls(
            Connections connections,
            AddressBook addresses,
            Dialer dialer,
            Resources resources,
            Registry registry,
            MonotonicClock clock) {
        this.connections = connections;
        this.addresses = addresses;
        this.dialer = dialer;
        this.resources = resources;
        this.registry = registry;
        this.clock = clock;
    }

    Connection connect(PeerId peer, List<Multiaddr> given, Duration limit) throws IOException {
        var open = best(peer, given);
        if (open.isPresent()) {
            return open.get();
        }
        var end = System.nanoTime() + limit.toNanos();
        if (connections.preferred(peer).isPresent()) {
            try {
                // The caller wants to do something with the circuit, too, when this is in vain.
                return dials.connect(peer, limit.dividedBy(2), left -> dial(peer, given, left));
            } catch (IOException e) {
                LOG.debug("only the circuit is left: {}", e.getMessage());
                var circuit = connections.preferred(peer);
                if (circuit.isPresent()) {
                    return circuit.get();
                }
            }
        }
        var left = Duration.ofNanos(end - System.nanoTime());
        return dials.connect(peer, left, rest -> dial(peer, given, rest));
    }

    private Connection dial(PeerId peer, List<Multiaddr> given, Duration limit) throws IOException {
        // The dial that we waited for may have been answered by the peer's own.
        var open = best(peer, given);
        if (open.isPresent()) {
            return open.get();
        }
        var isCalled = connections.preferred(peer).isPresent();
        return dialled(peer, isCalled ? direct(peer, given) : known(peer, given), limit);
    }

    /// An open connection than which no dial would bring a better one.
    private Optional<Connection> best(PeerId peer, List<Multiaddr> given) {
        return connections
                .preferred(peer)
                .filter(open -> !open.limit().limits() || direct(peer, given).isEmpty());
    }

    private List<Multiaddr> direct(PeerId peer, List<Multiaddr> given) {
        return known(peer, given).stream().filter(address -> !address.isCircuit()).toList();
    }

    /// `given`, then what the address book has.
    private List<Multiaddr> known(PeerId peer, List<Multiaddr> given) {
        var remembered = addresses.addresses(clock.instant(), peer);
        return Stream.concat(given.stream(), remembered.stream()).distinct().toList();
    }

    private Connection dialled(PeerId peer, List<Multiaddr> addresses, Duration limit)
            throws IOException {
        var scope = resources.dial();
        Connection connection = null;
        try {
            var reached = dialer.dial(peer, addresses, limit);
            connection = registry.establish(true, reached.channel(), reached.secure(), scope);
            return connection;
        } catch (RejectedExecutionException e) {
            throw new IOException("this host is closed", e);
        } finally {
            if (connection == null) {
                scope.close();
            }
        }
    }
}
