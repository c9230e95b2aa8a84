package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `rmb wallet`: the coins of the owner's agent.
@Command(
        name = "wallet",
        description = {
            "Your agent's coins. Chains and their nodes are in rmb.toml (docs/wallet.md).",
            "Example: rmb wallet create; rmb wallet address; rmb wallet balance"
        })
final class WalletCommand implements Callable<Integer> {
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
                "It is sealed with the passphrase of RMB_WALLET_PASSPHRASE, --passphrase-file or",
                "RMB_PASSPHRASE, else with one that you type."
            })
    int create(@Mixin PlainOption plain) {
        return new WalletSeed(root).create(plain.plain());
    }

    @Command(
            name = "restore",
            description = {
                "Make the wallet of a seed phrase again, which is read from standard input.",
                "It is sealed as 'create' seals it."
            })
    int restore(@Mixin PlainOption plain) {
        return new WalletSeed(root).restore(plain.plain());
    }

    @Command(name = "backup", description = "Say what to keep, copy the wallet's file, or show it.")
    int backup(
            @Option(
                            names = "--phrase",
                            description =
                                    "Show the seed phrase; a sealed wallet wants its"
                                            + " passphrase.")
                    boolean phrase,
            @Option(
                            names = "--to",
                            paramLabel = "FILE",
                            description = "Copy the wallet's file there, as it is.")
                    @Nullable Path to) {
        return new WalletSeed(root).backup(phrase, to);
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

    @Command(
            name = "send",
            description = {
                "Pay coins that no open swap has reserved. Shows the fee and asks.",
                "Example: rmb wallet send '1.5 LTC' ltc1q..."
            })
    int send(
            @Parameters(
                            paramLabel = "AMOUNT",
                            description = "Such as '1.5 LTC', or '20 TFT@eip155:1'.")
                    String amount,
            @Parameters(paramLabel = "ADDRESS", description = "Who gets it.") String to,
            @Mixin YesOption agreed) {
        return new WalletPayments(root, agreed.yes()).send(amount, to);
    }

    @Command(
            name = "gas",
            description = {
                "Fill up the accounts that pay for redeems and refunds on an EVM chain.",
                "Example: rmb wallet gas --chain eip155:1 --each 0.05"
            })
    int gas(
            @Option(
                            names = "--chain",
                            required = true,
                            paramLabel = "CHAIN",
                            description = "Such as eip155:1.")
                    String chain,
            @Option(
                            names = "--each",
                            defaultValue = "0.05",
                            paramLabel = "COINS",
                            description = "What each account is to have (0.05).")
                    String each,
            @Mixin YesOption agreed) {
        return new WalletPayments(root, agreed.yes()).gas(chain, each);
    }

    @Command(
            name = "deploy",
            description = {
                "Make the contract of the locks on an EVM chain, and print its line for rmb.toml.",
                "Where there is one already, use that: all have the same code and no owner."
            })
    int deploy(
            @Option(
                            names = "--chain",
                            required = true,
                            paramLabel = "CHAIN",
                            description = "Such as eip155:1.")
                    String chain,
            @Mixin YesOption agreed)
            throws InterruptedException {
        return new WalletPayments(root, agreed.yes()).deploy(chain);
    }
}
