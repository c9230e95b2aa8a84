package org.p2prmb.node.wallet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.ledgers.evm.EvmPurse;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;

/// The commands that show a wallet (docs/handlers.md).
public final class WalletCommands {
    private static final JsonNodeFactory json = JsonNodeFactory.instance;

    private final Wallet wallet;
    private final Pledges pledges;

    public WalletCommands(Wallet wallet, Pledges pledges) {
        this.wallet = wallet;
        this.pledges = pledges;
    }

    public Map<String, Command> all() {
        var commands = new TreeMap<String, Command>();
        commands.put("wallet.address", (_, _) -> address());
        commands.put("wallet.balance", (_, _) -> balance());
        return commands;
    }

    private ObjectNode answer() {
        var answer = json.objectNode();
        answer.put("wallet", wallet.keys().map(WalletKeys::address).orElse(""));
        answer.put("sealed", wallet.keys().map(WalletKeys::isLocked).orElse(false));
        return answer;
    }

    private JsonNode address() {
        var answer = answer();
        var addresses = answer.putArray("addresses");
        for (var chain : wallet.chains()) {
            var node = addresses.addObject();
            node.put("chain", chain.config().name());
            var coins = node.putArray("coins");
            chain.config().assets().forEach(asset -> coins.add(asset.coin()));
            try {
                node.put("address", chain.address());
            } catch (LedgerException e) {
                node.put("error", e.getMessage());
            }
        }
        return answer;
    }

    private JsonNode balance() {
        var answer = answer();
        var assets = answer.putArray("assets");
        for (var asset : wallet.coins()) {
            assets.add(balance(asset));
        }
        var gas = answer.putArray("gas");
        for (var chain : wallet.chains()) {
            try {
                if (chain.purse() instanceof EvmPurse purse) {
                    var needed = purse.gasNeeded();
                    purse.gasAccounts().forEach(account -> gas.add(gas(purse, account, needed)));
                }
            } catch (LedgerException _) {
                // The line of the chain's coin says why.
            }
        }
        return answer;
    }

    private ObjectNode balance(Asset asset) {
        var node = json.objectNode();
        node.put("asset", Amount.fullName(asset));
        node.put("coin", asset.coin());
        node.put("chain", asset.chain());
        wallet.holdMax(asset).ifPresent(max -> node.put("holdMax", max.number()));
        try {
            var confirmed = wallet.purse(asset.chain()).balance(asset);
            var pledged = pledges.during(now -> now);
            var reserved = pledged.reserved(asset).min(confirmed);
            put(node, "confirmed", asset, confirmed);
            put(node, "free", asset, confirmed.subtract(reserved));
            put(node, "reserved", asset, reserved);
            put(node, "locked", asset, pledged.locked(asset));
            wallet.tooMuch(asset).ifPresent(why -> node.put("warning", why));
        } catch (LedgerException e) {
            node.put("error", e.getMessage());
        }
        return node;
    }

    private static void put(ObjectNode node, String name, Asset asset, BigInteger units) {
        node.put(name, Amount.number(units, asset.decimals()));
    }

    private static ObjectNode gas(EvmPurse purse, EvmPurse.GasAccount account, BigInteger needed) {
        var node = json.objectNode();
        node.put("chain", purse.chain());
        node.put("use", account.use());
        node.put("number", account.number());
        node.put("address", account.text());
        put(node, "balance", purse.feeAsset(), account.balance());
        node.put("coin", purse.feeAsset().coin());
        node.put("low", account.balance().compareTo(needed) < 0);
        return node;
    }
}
