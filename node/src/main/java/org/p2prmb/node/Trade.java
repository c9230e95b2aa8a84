package org.p2prmb.node;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.node.wallet.PaymentCommands;
import org.p2prmb.node.wallet.Pledges;
import org.p2prmb.node.wallet.Wallet;
import org.p2prmb.node.wallet.WalletCommands;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The agent's part in the exchange: its coins, its swaps, its offers and windows.
///
/// It is opened before the network, so that what was begun goes on without it, and joins the
/// network later.
final class Trade implements AutoCloseable {
    private final Chains chains;

    private Trade(Chains chains) {
        this.chains = chains;
    }

    /// Takes the chains. Swaps that the journal in `data` holds go on from here.
    static Trade open(Chains chains, KeyPair keys, Path data) {
        return new Trade(chains);
    }

    /// From now on there is a network.
    void join(Agent agent, Errands errands) {}

    Map<String, Command> commands() {
        var commands = new TreeMap<String, Command>();
        if (chains instanceof Wallet wallet) {
            var pledges = Pledges.none();
            commands.putAll(new WalletCommands(wallet, pledges).all());
            commands.putAll(new PaymentCommands(wallet, pledges).all());
        }
        return commands;
    }

    @Override
    public void close() {
        chains.close();
    }
}
