package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.ArrayList;

/// What a wallet has, for people.
final class WalletTables {
    private WalletTables() {}

    static void addresses(Output output, JsonNode answer) {
        output.object(answer);
        var table = new Table("COINS", "ADDRESS", "CHAIN");
        for (var entry : answer.path("addresses")) {
            var coins = new ArrayList<String>();
            entry.path("coins").forEach(coin -> coins.add(coin.asText()));
            table.row(
                    String.join(" ", coins),
                    Replies.text(entry, entry.has("error") ? "error" : "address"),
                    Replies.text(entry, "chain"));
        }
        print(output, table);
    }

    static void balances(Output output, JsonNode answer) {
        output.object(answer);
        var table = new Table("COIN", "FREE", "RESERVED", "LOCKED", "CHAIN");
        for (var entry : answer.path("assets")) {
            var failed = entry.has("error");
            table.row(
                    Replies.text(entry, "coin"),
                    failed ? "?" : Replies.text(entry, "free"),
                    failed ? "?" : Replies.text(entry, "reserved"),
                    failed ? "?" : Replies.text(entry, "locked"),
                    Replies.text(entry, "chain"));
        }
        print(output, table);
        for (var entry : answer.path("assets")) {
            if (entry.has("error")) {
                note(output, entry, "error");
            }
            if (entry.has("warning")) {
                note(output, entry, "warning");
            }
        }
        var low = 0;
        for (var account : answer.path("gas")) {
            low += account.path("low").asBoolean() ? 1 : 0;
        }
        if (low > 0) {
            output.note(
                    "%s low on gas, which redeems and refunds need: rmb wallet gas"
                            .formatted(low == 1 ? "1 account is" : low + " accounts are"));
        }
        if (answer.path("sealed").asBoolean()) {
            output.note("The wallet is locked: nothing can be sold, bought or sent.");
        }
    }

    private static void note(Output output, JsonNode entry, String kind) {
        output.note("%s: %s".formatted(Replies.text(entry, "asset"), Replies.text(entry, kind)));
    }

    private static void print(Output output, Table table) {
        if (table.isEmpty()) {
            output.note("no chain is configured: docs/wallet.md says how");
        } else {
            table.lines().forEach(output::line);
        }
    }
}
