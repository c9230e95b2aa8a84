package org.p2prmb.cli;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.node.config.Passphrase;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WalletConfig;
import org.p2prmb.node.config.WalletFile;
import org.p2prmb.node.wallet.Wallet;
import org.p2prmb.node.wallet.WalletFiles;
import org.p2prmb.node.wallet.WalletKeys;

import java.util.Optional;

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

    /// What seals a new wallet: whoever is at the terminal is asked for it, twice.
    ///
    /// Throws [UserException] when there is nothing to seal it with and nobody said that it is to
    /// be kept in clear.
    ///
    /// @param plain the owner said that
    static Optional<Passphrase> sealing(RootCommand root, boolean plain) {
        if (plain) {
            return Optional.empty();
        }
        var typed =
                PassphraseSource.terminal("New passphrase of the wallet")
                        .repeated(PassphraseSource.terminal("The same again"));
        var sealing = given(root).or(typed).passphrase();
        if (sealing.isEmpty()) {
            throw new UserException(
                    "no wallet was made, for nothing seals it: give a passphrase in %s or with"
                                    .formatted(WalletFile.VARIABLE)
                            + " --passphrase-file, or say --plain to keep its seed in clear");
        }
        return sealing;
    }

    /// What was given without being asked for.
    private static PassphraseSource given(RootCommand root) {
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
