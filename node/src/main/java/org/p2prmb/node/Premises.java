package org.p2prmb.node;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoreConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// What an agent stands on: its store, its trade and its host, opened in this order. Swaps that
/// were begun go on before there is a network (R29).
final class Premises {
    private final InstantSource clock = new MonotonicClock();
    private final Path data;
    private final Store store;
    private final Trade trade;
    private final TcpHost host;
    private final RememberedPeers remembered;

    private Premises(
            Path data, Store store, Trade trade, TcpHost host, RememberedPeers remembered) {
        this.data = data;
        this.store = store;
        this.trade = trade;
        this.host = host;
        this.remembered = remembered;
    }

    /// Starts an agent on premises of its own; takes the chains and the resolver, also when it
    /// throws.
    static Agent start(
            AgentConfig config,
            KeyPair keys,
            PublicKey owner,
            Path data,
            Chains chains,
            Resolver resolver)
            throws IOException {
        var premises = open(config, keys, data, chains, resolver);
        Agent agent = null;
        var started = false;
        try {
            agent = new Agent(config, owner, premises, resolver);
            agent.begin();
            started = true;
            return agent;
        } finally {
            if (!started && agent != null) {
                agent.close();
            } else if (!started) {
                premises.abandon();
            }
        }
    }

    private static Premises open(
            AgentConfig config, KeyPair keys, Path data, Chains chains, Resolver resolver)
            throws IOException {
        Store store = null;
        Trade trade = null;
        Premises opened = null;
        try {
            store = Store.open(data, StoreConfig.defaults());
            trade = Trade.open(chains, keys, data, store, config);
            var host = TcpHost.start(HostSettings.of(config, keys, resolver));
            opened = new Premises(data, store, trade, host, new RememberedPeers(data));
            return opened;
        } finally {
            if (opened == null) {
                if (trade != null) {
                    trade.close();
                }
                chains.close();
                if (store != null) {
                    store.close();
                }
            }
        }
    }

    InstantSource clock() {
        return clock;
    }

    Path data() {
        return data;
    }

    Store store() {
        return store;
    }

    Trade trade() {
        return trade;
    }

    TcpHost host() {
        return host;
    }

    RememberedPeers remembered() {
        return remembered;
    }

    private void abandon() {
        host.close();
        trade.close();
        store.close();
    }
}
