package org.p2prmb.libp2p.relay;

import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.host.FoundAddresses;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.relay.ReservationMachine.Action;
import org.p2prmb.libp2p.relay.ReservationMachine.Event;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The addresses at which a host that cannot be dialled is reached through relays: finds relays
/// among the peers it meets, keeps places there, and has the host announce them.
public final class RelayedAddresses implements HostListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RelayedAddresses.class);
    private static final int INBOX_MAX = 1024;
    private static final Duration RESERVE_LIMIT = Duration.ofSeconds(20);

    private final TcpHost host;
    private final RelayClient client;
    private final Consumer<List<Multiaddr>> changed;
    private final Loop<Event, Action> loop;

    /// Where relays are dialled, those heard of last at the end. Guarded by itself.
    private final SequencedMap<PeerId, List<Multiaddr>> known = new LinkedHashMap<>();

    /// The places that we were given last; no more than the client has.
    private final ConcurrentMap<PeerId, RelayPlace> places = new ConcurrentHashMap<>();

    private volatile List<PeerId> held = List.of();

    private RelayedAddresses(
            TcpHost host,
            RelayClient client,
            ReservationMachine.Config config,
            InstantSource clock,
            RandomGenerator random,
            Consumer<List<Multiaddr>> changed,
            Consumer<Throwable> died) {
        this.host = host;
        this.client = client;
        this.changed = changed;
        var machine = new ReservationMachine(config, random);
        this.loop = Loop.start("relays", machine, clock, INBOX_MAX, this::act, died);
    }

    /// Looks for relays from now on, and asks them for places once these are [#want]ed.
    ///
    /// @param changed hears of the addresses that are announced, whenever they change
    /// @param died hears of a failure of our own
    public static RelayedAddresses start(
            TcpHost host,
            RelayClient client,
            ReservationMachine.Config config,
            InstantSource clock,
            RandomGenerator random,
            Consumer<List<Multiaddr>> changed,
            Consumer<Throwable> died) {
        var addresses = new RelayedAddresses(host, client, config, clock, random, changed, died);
        host.keepFor(peer -> addresses.held.contains(peer));
        host.listen(addresses);
        return addresses;
    }

    /// Whether places are wanted from now on.
    public void want(boolean now) {
        offer(new Event.Wanted(now));
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        if (info.protocols().contains(Relay.HOP) && !connection.remoteAddress().isCircuit()) {
            note(info.peer(), addresses(connection, info));
            offer(new Event.Found(info.peer()));
        }
    }

    private void note(PeerId relay, List<Multiaddr> addresses) {
        synchronized (known) {
            known.putLast(relay, addresses);
            if (known.size() > ReservationMachine.RELAYS_MAX) {
                known.pollFirstEntry();
            }
        }
    }

    private List<Multiaddr> addresses(PeerId relay) {
        synchronized (known) {
            return known.getOrDefault(relay, List.of());
        }
    }

    private static List<Multiaddr> addresses(Connection connection, PeerInfo info) {
        var addresses = new LinkedHashSet<Multiaddr>();
        if (connection.outbound()) {
            addresses.add(connection.remoteAddress());
        }
        info.dialAddresses().stream()
                .filter(address -> !address.isCircuit())
                .forEach(addresses::add);
        return List.copyOf(addresses);
    }

    @Override
    public void disconnected(Connection connection) {
        if (host.connections(connection.remotePeer()).isEmpty()) {
            gone(connection.remotePeer());
        }
    }

    private void gone(PeerId relay) {
        places.remove(relay);
        offer(new Event.Gone(relay));
    }

    private void offer(Event event) {
        if (!loop.offer(event)) {
            LOG.warn("relays: too much at once, {} is left out", event);
        }
    }

    private void act(Action action) {
        switch (action) {
            case Action.Reserve(var relay) ->
                    Thread.ofVirtual().name("reserve").start(() -> reserve(relay));
            case Action.Tell(var relays) -> tell(relays);
        }
    }

    private void reserve(PeerId relay) {
        Event outcome = new Event.Refused(relay);
        try {
            var connection = host.connect(relay, addresses(relay), RESERVE_LIMIT);
            var place = client.reserve(connection, RESERVE_LIMIT);
            places.put(relay, place);
            outcome = new Event.Granted(relay, place.expires());
        } catch (IOException e) {
            LOG.debug("no place at {}: {}", relay.shortText(), e.getMessage());
        } finally {
            if (outcome instanceof Event.Refused) {
                places.remove(relay);
            }
            put(outcome);
        }
        if (host.connections(relay).isEmpty()) {
            gone(relay); // Perhaps told before the place was.
        }
    }

    /// Must not be lost: the machine waits for it.
    private void put(Event outcome) {
        try {
            loop.put(outcome);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException _) {
            LOG.debug("a relay's answer came after the end");
        }
    }

    private void tell(List<PeerId> relays) {
        held = relays;
        var addresses = new ArrayList<Multiaddr>();
        for (var relay : relays) {
            var place = places.get(relay);
            if (place != null) {
                addresses.addAll(place.addresses());
            }
        }
        LOG.info("reached through relays: {}", addresses);
        host.announce(FoundAddresses.RELAYED, addresses);
        changed.accept(List.copyOf(addresses));
    }

    @Override
    public void close() {
        loop.close();
    }
}
