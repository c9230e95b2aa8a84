package org.p2prmb.node.wallet;

import org.p2prmb.node.config.ChainConfig;
import org.p2prmb.node.config.WalletConfig;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Purse;
import org.p2prmb.protocols.swap.Secrets;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An agent's wallet: its keys, and the chains of the configuration.
///
/// While the seed is locked away, or there is no wallet at all, it is there all the same: what was
/// begun is finished, and what needs the seed says so.
public final class Wallet implements Chains {
    private final Map<String, WalletChain> chains;
    private final Optional<WalletKeys> keys;
    private final InstantSource swapClock;

    private Wallet(
            Map<String, WalletChain> chains, Optional<WalletKeys> keys, InstantSource swapClock) {
        this.chains = chains;
        this.keys = keys;
        this.swapClock = swapClock;
    }

    /// Asks no node yet. Throws `UserException` when a file that the configuration names cannot be
    /// read.
    ///
    /// @param clock the machine's
    public static Wallet open(WalletConfig config, Optional<WalletKeys> keys, InstantSource clock) {
        config.requireFit();
        var swapClock = config.testClock().<InstantSource>map(FileClock::open).orElse(clock);
        var chains = new LinkedHashMap<String, WalletChain>();
        var opened = new Wallet(chains, keys, swapClock);
        boolean complete = false;
        try {
            for (var chain : config.chains()) {
                chains.put(chain.name(), new WalletChain(chain, keys, clock));
            }
            complete = true;
            return opened;
        } finally {
            if (!complete) {
                opened.close();
            }
        }
    }

    /// What can be swapped: the coins of all chains on which locks can be made.
    @Override
    public List<Asset> assets() {
        return chains.values().stream()
                .map(WalletChain::config)
                .filter(ChainConfig::isReady)
                .flatMap(chain -> chain.assets().stream())
                .toList();
    }

    /// What can be held, in the order of the configuration.
    List<Asset> coins() {
        return chains.values().stream().flatMap(chain -> chain.config().assets().stream()).toList();
    }

    List<WalletChain> chains() {
        return List.copyOf(chains.values());
    }

    @Override
    public Ledger ledger(String chain) throws LedgerException {
        return chain(chain).ledger();
    }

    /// The owner's side of a chain; throws as [#ledger] does.
    public Purse purse(String chain) throws LedgerException {
        return chain(chain).purse();
    }

    private WalletChain chain(String name) throws LedgerException {
        var chain = chains.get(name);
        if (chain == null) {
            throw new LedgerException("no chain %s is configured".formatted(name));
        }
        return chain;
    }

    @Override
    public Secrets secrets() {
        return index -> keys.flatMap(wallet -> wallet.secret(index));
    }

    @Override
    public InstantSource clock() {
        return swapClock;
    }

    /// Its keys, as far as they are at hand; nothing when there is no wallet yet.
    public Optional<WalletKeys> keys() {
        return keys;
    }

    @Override
    public Optional<Amount> holdMax(Asset asset) {
        var chain = chains.get(asset.chain());
        return chain == null
                ? Optional.empty()
                : chain.config().holdMax().stream()
                        .filter(amount -> amount.asset().equals(asset))
                        .findFirst();
    }

    /// Says, in the owner's words, that there is more of this than the agent is to hold; empty when
    /// there is not.
    Optional<String> tooMuch(Asset asset) throws LedgerException {
        var max = holdMax(asset);
        if (max.isEmpty()) {
            return Optional.empty();
        }
        var held = new Amount(asset, purse(asset.chain()).balance(asset));
        return held.units().compareTo(max.get().units()) <= 0
                ? Optional.empty()
                : Optional.of(
                        "%s are more than the %s that this agent is to hold (hold-max)"
                                .formatted(held, max.get()));
    }

    /// What the owner should see to: coins of which there are more than the agent is to hold. Asks
    /// the nodes, and leaves out what they do not tell.
    public List<String> warnings() {
        var warnings = new ArrayList<String>();
        for (var asset : coins()) {
            try {
                tooMuch(asset).ifPresent(warnings::add);
            } catch (LedgerException _) {
                // The balance says why, to whoever asks for it.
            }
        }
        return warnings;
    }

    @Override
    public void close() {
        chains.values().forEach(WalletChain::close);
    }
}
