package org.p2prmb.libp2p.autonat;

import org.p2prmb.libp2p.autonat.ReachabilityMachine.Action;
import org.p2prmb.libp2p.autonat.ReachabilityMachine.Event;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Keeps asking the peers of a host whether its addresses can be dialled, and tells what comes out.
public final class AutoNat implements HostListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AutoNat.class);
    private static final int INBOX_MAX = 1024;

    /// For one question, its data and the dial.
    private static final Duration ASK_LIMIT = Duration.ofSeconds(45);

    private final Host host;
    private final AutoNatClient client;
    private final Consumer<Map<Multiaddr, Reachability>> told;
    private final Loop<Event, Action> loop;

    private AutoNat(
            Host host,
            ReachabilityMachine.Config config,
            InstantSource clock,
            Consumer<Map<Multiaddr, Reachability>> told,
            Consumer<Throwable> died) {
        this.host = host;
        this.client = AutoNatClient.start(host);
        this.told = told;
        var machine = new ReachabilityMachine(config);
        this.loop = Loop.start("autonat", machine, clock, INBOX_MAX, this::act, died);
    }

    /// Asks from now on, once there are addresses and peers that answer.
    ///
    /// @param told hears what is known of each address, whenever that changes; must not wait
    /// @param died hears of a failure of our own
    public static AutoNat start(
            Host host,
            ReachabilityMachine.Config config,
            InstantSource clock,
            Consumer<Map<Multiaddr, Reachability>> told,
            Consumer<Throwable> died) {
        var autoNat = new AutoNat(host, config, clock, told, died);
        host.listen(autoNat);
        return autoNat;
    }

    /// Looks into these addresses from now on, in place of those before.
    public void addresses(List<Multiaddr> addresses) {
        offer(new Event.Addresses(List.copyOf(addresses)));
    }

    @Override
    public void identified(Connection connection, PeerInfo info) {
        if (info.protocols().contains(AutoNatServer.DIAL_REQUEST)) {
            offer(new Event.Server(info.peer()));
        }
    }

    @Override
    public void disconnected(Connection connection) {
        if (host.connections(connection.remotePeer()).isEmpty()) {
            offer(new Event.ServerGone(connection.remotePeer()));
        }
    }

    /// One that is shed is made up for by the next.
    private void offer(Event event) {
        if (!loop.offer(event)) {
            LOG.warn("reachability: too much at once, {} is left out", event);
        }
    }

    private void act(Action action) {
        switch (action) {
            case Action.Ask(var server, var addresses) ->
                    Thread.ofVirtual().name("autonat-ask").start(() -> ask(server, addresses));
            case Action.Tell(var reachability) -> {
                LOG.info("reachability: {}", reachability);
                told.accept(reachability);
            }
        }
    }

    private void ask(PeerId server, List<Multiaddr> addresses) {
        Event outcome = new Event.Failed();
        try {
            var connection =
                    host.connections(server).stream()
                            .findFirst()
                            .orElseThrow(() -> new IOException("it has gone"));
            var finding = client.ask(connection, addresses, ASK_LIMIT);
            outcome = new Event.Found(server, finding.address(), finding.reachable());
        } catch (IOException e) {
            LOG.debug("{} does not tell: {}", server.shortText(), e.getMessage());
        } finally {
            put(outcome);
        }
    }

    /// Must not be lost: there is one question at a time.
    private void put(Event outcome) {
        try {
            loop.put(outcome);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException _) {
            LOG.debug("the answer came after the end");
        }
    }

    @Override
    public void close() {
        loop.close();
        client.close();
    }
}
