package org.p2prmb.cli;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.WalletConfig;
import org.p2prmb.node.config.WalletFile;
import org.p2prmb.node.wallet.Wallet;
import org.p2prmb.node.wallet.WalletFiles;
import org.p2prmb.node.wallet.WalletKeys;

/// The wallet of a home directory, as an agent takes it up.
final class HomeWallet {
    private HomeWallet() {}

    /// Opens it as far as it can be opened: an agent that nobody attends must finish its swaps, so
    /// a passphrase that is missing or wrong leaves the wallet locked, and is told.
    static Wallet open(RootCommand root, WalletConfig config) {
        var keys = new WalletFiles(root.home()).open(passphrases(root, "Passphrase of the wallet"));
        keys.filter(WalletKeys::isLocked).ifPresent(locked -> say(root, locked));
        return Wallet.open(config, keys, new MonotonicClock());
    }

    static String shown(WalletKeys keys) {
        return keys.address() + (keys.isLocked() ? " (locked)" : "");
    }

    /// Tells in its own time, for nodes may be slow or away.
    static void warn(Output output, Wallet wallet) {
        Thread.ofVirtual()
                .name("wallet warnings")
                .start(() -> wallet.warnings().forEach(text -> output.note("Warning: " + text)));
    }

    /// The wallet's own variable first, then what opens the other keys.
    static PassphraseSource passphrases(RootCommand root, String prompt) {
        return given(root).or(PassphraseSource.terminal(prompt));
    }

    /// What was given without being asked for.
    static PassphraseSource given(RootCommand root) {
        return PassphraseSource.environment(root.shell().environment(), WalletFile.VARIABLE)
                .or(root.givenPassphrase());
    }

    private static void say(RootCommand root, WalletKeys locked) {
        var output = root.output();
        output.note("The wallet is locked: " + locked.why());
        output.note(
                "Swaps that were begun are finished, coins can be seen; nothing new is sold, bought"
                        + " or sent. To unlock it, start again with its passphrase.");
    }
}
