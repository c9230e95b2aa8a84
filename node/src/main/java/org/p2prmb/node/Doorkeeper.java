package org.p2prmb.node;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.node.config.AgentConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keeps places free for newcomers: when few are left, those who have been connected longest are
/// asked to go, because they know others by now.
///
/// An agent that everybody joins through would otherwise fill up with the first who came and
/// refuse everyone after them. Connections from this machine are left alone.
final class Doorkeeper implements HostListener {
    private static final Logger log = LoggerFactory.getLogger(Doorkeeper.class);

    /// Above this share of the places, in percent, some make room ...
    private static final int FULL_PERCENT = 90;

    /// ... until this share is taken.
    private static final int ROOMY_PERCENT = 75;

    private final int full;
    private final int roomy;
    private final Duration stay;
    private final InstantSource clock;

    /// Longest here first; bounded by the host's limits. Guarded by this.
    private final Map<Connection, Instant> guests = new LinkedHashMap<>();

    /// @param places for incoming connections
    /// @param stay for how long a guest is left alone
    Doorkeeper(int places, Duration stay, InstantSource clock) {
        this.full = places * FULL_PERCENT / 100;
        this.roomy = places * ROOMY_PERCENT / 100;
        this.stay = stay;
        this.clock = clock;
    }

    /// Watches the connections of `host` when its operator wants that.
    static void serve(Host host, AgentConfig config, InstantSource clock) {
        var stay = config.operator().yieldAfter();
        if (stay.isPositive()) {
            host.listen(new Doorkeeper(HostSettings.inboundMax(config), stay, clock));
        }
    }

    @Override
    public void connected(Connection connection) {
        if (!connection.outbound() && !isFromHere(connection)) {
            var leaving = admit(connection);
            if (!leaving.isEmpty()) {
                log.info("few places are left: {} connections make room", leaving.size());
                leaving.forEach(Connection::close);
            }
        }
    }

    private static boolean isFromHere(Connection connection) {
        var address = connection.remoteAddress();
        return !address.isCircuit() && address.scope().equals(Optional.of(AddressScope.LOOPBACK));
    }

    private synchronized List<Connection> admit(Connection newcomer) {
        var now = clock.instant();
        guests.put(newcomer, now);
        var leaving = new ArrayList<Connection>();
        if (guests.size() > full) {
            for (var guest : guests.entrySet()) {
                if (guests.size() - leaving.size() <= roomy
                        || now.isBefore(guest.getValue().plus(stay))) {
                    break;
                }
                leaving.add(guest.getKey());
            }
        }
        leaving.forEach(guests::remove);
        return leaving;
    }

    @Override
    public synchronized void disconnected(Connection connection) {
        guests.remove(connection);
    }
}
