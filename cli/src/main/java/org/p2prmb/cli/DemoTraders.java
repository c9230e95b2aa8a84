package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// The agents of a demo that have coins, and how their swaps stand, as their owners see it.
final class DemoTraders {
    private final DemoNetwork network;
    private final DemoChains chains;
    private final SequencedMap<String, Purse> purses = new LinkedHashMap<>();

    /// Of whom no swap is open any more, from the first look on.
    private final Set<String> over = new HashSet<>();

    /// What it has, and what it had at first.
    private record Purse(DemoChains.Wallet wallet, BigInteger bitcoins, BigInteger tokens) {}

    DemoTraders(DemoNetwork network, DemoChains chains) {
        this.network = network;
        this.chains = chains;
    }

    /// Gives a trader coins, before it starts.
    void endow(String name, long satoshis, long tokenUnits) {
        purses.put(
                name,
                new Purse(
                        chains.wallet(satoshis, tokenUnits),
                        BigInteger.valueOf(satoshis),
                        BigInteger.valueOf(tokenUnits)));
    }

    void start() {
        var wallets = new LinkedHashMap<String, Chains>();
        purses.forEach((name, purse) -> wallets.put(name, purse.wallet()));
        network.joinWithCoins(DemoNetwork.BOOTSTRAP, wallets);
    }

    List<String> names() {
        return List.copyOf(purses.sequencedKeySet());
    }

    /// All of the one swap of this trader; empty while it has none.
    JsonNode swap(String name) {
        var row = row(name);
        return row.isMissingNode()
                ? row
                : network.owner(name)
                        .ask("swaps.show", Json.object().put("swap", row.path("swap").asText()));
    }

    String state(String name) {
        return row(name).path("state").asText();
    }

    private JsonNode row(String name) {
        return network.owner(name).ask("swaps.list", Json.object()).at("/swaps/0");
    }

    void await(String name, String state) {
        network.await(
                "%s's swap did not become %s".formatted(name, state),
                () -> state(name).equals(state));
    }

    /// Blocks, and then a look of each trader at them: however slow the machine is, each has its
    /// turn.
    void pass(int blocks) {
        chains.pass(chains.block().multipliedBy(blocks));
        look();
    }

    /// Has each that lives and has a swap do what is due.
    void look() {
        for (var name : names()) {
            if (network.names().contains(name) && !over.contains(name)) {
                var row = row(name);
                if (row.isMissingNode() || row.path("over").asBoolean()) {
                    over.add(name);
                } else {
                    var swap = Json.object().put("swap", row.path("swap").asText());
                    network.owner(name).ask("swaps.refund", swap);
                }
            }
        }
    }

    BigInteger balance(String name, Asset asset) {
        return purse(name).wallet().balance(asset);
    }

    private Purse purse(String name) {
        var purse = purses.get(name);
        if (purse == null) {
            throw new IllegalArgumentException("no trader called " + name);
        }
        return purse;
    }

    /// What it had at first and has now: `0.02 -> 0.01 BTC, 0 -> 41000 TFT`.
    String change(String name) {
        return change(name, DemoChains.BTC, purse(name).bitcoins())
                + ", "
                + change(name, DemoChains.TFT, purse(name).tokens());
    }

    private String change(String name, Asset asset, BigInteger before) {
        return "%s -> %s"
                .formatted(
                        Amount.number(before, asset.decimals()),
                        new Amount(asset, balance(name, asset)));
    }
}
