package org.p2prmb.node.wallet;

import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Secrets;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// The chains on which an agent has coins, each seen through a node of its own. Safe for many
/// threads.
public interface Chains extends AutoCloseable {
    /// What can be swapped, in the order of the configuration.
    List<Asset> assets();

    /// The ledger of the chain with this CAIP-2 name; throws [LedgerException] when there is no
    /// such chain, or its node cannot be used now. May wait for the node.
    Ledger ledger(String chain) throws LedgerException;

    /// The secrets of our sales; none while the keys are locked.
    Secrets secrets();

    /// By which swaps are made: the agent's own clock, but for tests on test chains.
    InstantSource clock();

    /// The most that the agent is to hold of this; empty where its owner has set no limit.
    default Optional<Amount> holdMax(Asset asset) {
        return Optional.empty();
    }

    @Override
    void close();

    /// None at all.
    static Chains none(InstantSource clock) {
        return new Chains() {
            @Override
            public List<Asset> assets() {
                return List.of();
            }

            @Override
            public Ledger ledger(String chain) throws LedgerException {
                throw new LedgerException("no node of " + chain);
            }

            @Override
            public Secrets secrets() {
                return _ -> Optional.empty();
            }

            @Override
            public InstantSource clock() {
                return clock;
            }

            @Override
            public void close() {}
        };
    }
}
