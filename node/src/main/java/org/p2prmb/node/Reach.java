package org.p2prmb.node;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.autonat.AutoNat;
import org.p2prmb.libp2p.autonat.AutoNatConfig;
import org.p2prmb.libp2p.autonat.AutoNatServer;
import org.p2prmb.libp2p.autonat.ObservedAddresses;
import org.p2prmb.libp2p.autonat.Reachability;
import org.p2prmb.libp2p.autonat.ReachabilityMachine;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.host.FoundAddresses;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.relay.Relay;
import org.p2prmb.libp2p.relay.RelayClient;
import org.p2prmb.libp2p.relay.RelayConfig;
import org.p2prmb.libp2p.relay.RelayedAddresses;
import org.p2prmb.libp2p.relay.ReservationMachine;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ReachConfig;
import org.p2prmb.protocols.contacts.ContactsServer;
import org.p2prmb.protocols.exchange.ExchangeServer;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.reputation.ReputationServer;
import org.p2prmb.protocols.search.FilterServer;
import org.p2prmb.protocols.search.SearchServer;
import org.p2prmb.protocols.swap.SwapServer;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// How an agent is reached though a router may be in the way: it finds out whether others can dial
/// it and asks relays for places when they cannot; and it does both for others, as configured.
final class Reach implements HostListener, AutoCloseable {
    /// What is worth the bytes of a relay: questions with one answer, not gossip or the DHT.
    private static final List<String> RELAYED =
            List.of(
                    MessageServer.PROTOCOL,
                    ContactsServer.PROTOCOL,
                    SearchServer.PROTOCOL,
                    FilterServer.PROTOCOL,
                    AliveFrame.PROTOCOL,
                    ReputationServer.PROTOCOL,
                    ExchangeServer.PROTOCOL,
                    SwapServer.PROTOCOL);

    private final TcpHost host;
    private final ReachConfig config;
    private final Runnable changed;

    /// An operator who names addresses knows them all.
    private final boolean observing;

    private final ObservedAddresses observed = new ObservedAddresses();
    private final RelayedAddresses relayed;
    private final AutoNat autoNat;
    private final @Nullable Relay relay;
    private final @Nullable AutoNatServer autoNatServer;

    private Reach(
            TcpHost host,
            AgentConfig config,
            InstantSource clock,
            Runnable changed,
            Consumer<Throwable> died) {
        this.host = host;
        this.config = config.reach();
        this.observing = config.operator().announce().isEmpty();
        this.changed = changed;
        var random = new SecureRandom();
        RELAYED.forEach(host::allowLimited);
        this.relayed =
                RelayedAddresses.start(
                        host,
                        RelayClient.start(host, clock),
                        ReservationMachine.Config.defaults(),
                        clock,
                        random,
                        _ -> changed.run(),
                        died);
        this.autoNat =
                AutoNat.start(
                        host, ReachabilityMachine.Config.defaults(), clock, this::learn, died);
        this.relay =
                this.config.serve()
                        ? Relay.serve(host, relayConfig(config), host::announcedAddresses, clock)
                        : null;
        this.autoNatServer =
                this.config.autoNat()
                        ? AutoNatServer.serve(host, autoNatConfig(), Reach::dialler, random, clock)
                        : null;
    }

    /// Begins with the host's first connections.
    ///
    /// @param changed is run when the host announces other addresses; must not wait
    /// @param died hears of a failure of our own
    static Reach start(
            TcpHost host,
            AgentConfig config,
            InstantSource clock,
            Runnable changed,
            Consumer<Throwable> died) {
        var reach = new Reach(host, config, clock, changed, died);
        reach.learn(Map.of());
        host.listen(reach);
        return reach;
    }

    static RelayConfig relayConfig(AgentConfig config) {
        var defaults = RelayConfig.defaults();
        var reach = config.reach();
        var limit = defaults.own().limit();
        var own = new RelayConfig.Own(Set.copyOf(reach.own()), reach.ownOnly(), limit);
        return defaults.withOwn(own).withExemptLoopback(config.exemptLoopback());
    }

    private AutoNatConfig autoNatConfig() {
        return AutoNatConfig.defaults().withScopes(scopes());
    }

    /// Of the addresses that others may be able to dial.
    private Set<AddressScope> scopes() {
        return config.autoNatPrivate()
                ? EnumSet.of(AddressScope.PUBLIC, AddressScope.PRIVATE, AddressScope.LOOPBACK)
                : EnumSet.of(AddressScope.PUBLIC);
    }

    /// Whoever is dialled back must not meet an identity that it knows.
    private static TcpHost dialler() throws IOException {
        var keys = KeyPair.generate(new SecureRandom());
        return TcpHost.start(HostConfig.defaults(keys).withListen(List.of()).withIdentify(false));
    }

    /// Our addresses may have changed since the last peer came, and it may know of another.
    @Override
    public void identified(Connection connection, PeerInfo info) {
        if (info.observedAddress() != null) {
            observed.observed(connection.remoteAddress(), info.observedAddress());
        }
        autoNat.addresses(Stream.concat(announced(), candidates()).distinct().toList());
    }

    private Stream<Multiaddr> announced() {
        return reachable(host.announcedAddresses()).filter(address -> !address.isCircuit());
    }

    private Stream<Multiaddr> candidates() {
        return observing ? reachable(observed.candidates(host.listenAddresses())) : Stream.empty();
    }

    private Stream<Multiaddr> reachable(List<Multiaddr> addresses) {
        var scopes = scopes();
        return addresses.stream()
                .filter(address -> address.scope().map(scopes::contains).orElse(false));
    }

    /// Announces what was confirmed. Nothing is wanted of relays as long as there is an address
    /// that may work. A relay is meant to be reached.
    private void learn(Map<Multiaddr, Reachability> reachability) {
        var before = host.announcedAddresses();
        host.announce(
                FoundAddresses.OBSERVED,
                candidates()
                        .filter(address -> reachability.get(address) == Reachability.PUBLIC)
                        .toList());
        if (!host.announcedAddresses().equals(before)) {
            changed.run();
        }
        var isPrivate =
                announced().allMatch(address -> reachability.get(address) == Reachability.PRIVATE);
        relayed.want(
                switch (config.use()) {
                    case AUTO -> isPrivate && !config.serve();
                    case ALWAYS -> true;
                    case NEVER -> false;
                });
    }

    @Override
    public void close() {
        if (relay != null) {
            relay.close();
        }
        if (autoNatServer != null) {
            autoNatServer.close();
        }
        autoNat.close();
        relayed.close();
    }
}
