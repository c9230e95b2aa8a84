package org.p2prmb.cli;

import org.p2prmb.ledgers.seed.SeedPhrase;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.wallet.WalletFiles;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.security.SecureRandom;
import java.util.concurrent.Callable;

/// `rmb wallet`: the coins of the owner's agent.
@Command(
        name = "wallet",
        description = {
            "Your agent's coins. Chains and their nodes are in rmb.toml (docs/wallet.md).",
            "Example: rmb wallet create; rmb wallet address; rmb wallet balance"
        })
final class WalletCommand implements Callable<Integer> {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RootCommand root;

    @Spec private CommandSpec spec = CommandSpec.create();

    WalletCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                spec.commandLine(), "say what to do with it, such as: rmb wallet balance");
    }

    @Command(
            name = "create",
            description = {
                "Make a wallet and show its seed phrase, this once.",
                "It is sealed when RMB_WALLET_PASSPHRASE, --passphrase-file or RMB_PASSPHRASE",
                "gives a passphrase."
            })
    int create() {
        var home = home();
        var phrase = SeedPhrase.fresh(RANDOM);
        var passphrase = HomeWallet.given(root).passphrase();
        var address = new WalletFiles(home).create(phrase, passphrase, RANDOM);
        var output = root.output();
        var words = String.join(" ", phrase.words());
        output.line(words);
        output.note("");
        output.note("Write these words on paper, in this order, and keep it where nobody else is:");
        output.note("whoever has them has the coins, and without them a lost disk is lost coins.");
        output.note("They are not shown again, unless you ask with 'rmb wallet backup --phrase'.");
        output.note(
                passphrase.isPresent()
                        ? "The wallet is sealed with your passphrase."
                        : "Warning: the wallet is not sealed; whoever reads %s has the coins."
                                .formatted(home.walletKey()));
        output.note("Start your agent again, and see: rmb wallet address");
        var object = Json.object();
        object.put("wallet", address);
        object.put("phrase", words);
        object.put("sealed", passphrase.isPresent());
        output.object(object);
        return Rmb.DONE;
    }

    private Home home() {
        var home = root.home();
        home.check();
        return home;
    }

    @Command(name = "address", description = "Show where your agent is paid, on each chain.")
    int address() {
        try (var client = OwnerClient.open(root)) {
            WalletTables.addresses(root.output(), client.ask("wallet.address", Json.object()));
        }
        return Rmb.DONE;
    }

    @Command(
            name = "balance",
            description = {
                "Show what your agent has: what is free, what open swaps have reserved,",
                "and what is locked in them."
            })
    int balance() {
        try (var client = OwnerClient.open(root)) {
            WalletTables.balances(root.output(), client.ask("wallet.balance", Json.object()));
        }
        return Rmb.DONE;
    }
}
