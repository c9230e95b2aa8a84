package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.ledgers.seed.SeedPhrase;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WalletFile;
import org.p2prmb.node.config.WholeFile;
import org.p2prmb.node.wallet.WalletFiles;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;

/// What the owner does with the seed of the wallet; no agent is asked.
final class WalletSeed {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LINES_MAX = 32;

    private final RootCommand root;
    private final Output output;
    private final Home home;
    private final WalletFiles files;

    /// Throws [UserException] unless the home belongs to its owner alone.
    WalletSeed(RootCommand root) {
        this.root = root;
        this.output = root.output();
        this.home = root.home();
        home.check();
        this.files = new WalletFiles(home);
    }

    /// @param plain keep the seed in clear
    int create(boolean plain) {
        requireNone();
        var passphrase = HomeWallet.sealing(root, plain);
        var phrase = SeedPhrase.fresh(RANDOM);
        var words = String.join(" ", phrase.words());
        var object = Json.object();
        object.put("phrase", words);
        object.put("wallet", files.create(phrase, passphrase, RANDOM));
        object.put("sealed", passphrase.isPresent());
        output.line(words);
        output.note("");
        output.note("Write these words on paper, in this order, and keep it where nobody else is:");
        output.note("whoever has them has the coins, and without them a lost disk is lost coins.");
        output.note("They are not shown again, unless you ask with 'rmb wallet backup --phrase'.");
        made(passphrase.isPresent());
        output.object(object);
        return Rmb.DONE;
    }

    private void requireNone() {
        if (files.exist()) {
            throw new UserException(
                    "there is a wallet in %s already: nothing was changed"
                            .formatted(home.directory()));
        }
    }

    /// @param plain keep the seed in clear
    int restore(boolean plain) {
        requireNone();
        var passphrase = HomeWallet.sealing(root, plain);
        output.note("Type the 12 or 24 words; an empty line ends them.");
        var phrase = phrase();
        var object = Json.object();
        object.put("wallet", files.create(phrase, passphrase, RANDOM));
        object.put("sealed", passphrase.isPresent());
        output.line("restored " + object.path("wallet").asText());
        made(passphrase.isPresent());
        output.note("Swaps that were open are in the data of the old home, not in these words.");
        output.object(object);
        return Rmb.DONE;
    }

    private SeedPhrase phrase() {
        var words = new StringBuilder();
        for (int lines = 0; lines < LINES_MAX; lines++) {
            var line = Confirmation.line(root.shell().in());
            if (line.isBlank()) {
                break;
            }
            words.append(line).append(' ');
        }
        try {
            return SeedPhrase.parse(words.toString());
        } catch (IllegalArgumentException e) {
            throw new UserException("no wallet was restored: " + e.getMessage(), e);
        }
    }

    private void made(boolean sealed) {
        output.note(
                sealed
                        ? "The wallet is sealed with your passphrase."
                        : "Warning: the wallet is not sealed; whoever reads %s has the coins."
                                .formatted(home.walletKey()));
        output.note("Start your agent again, and see: rmb wallet address");
    }

    /// Says which file to copy and whether it is sealed, copies it, or shows the phrase.
    int backup(boolean showPhrase, @Nullable Path to) {
        var file = home.walletKey();
        var object = Json.object();
        if (showPhrase) {
            var phrase = files.phrase(HomeWallet.passphrases(root, "Passphrase of the wallet"));
            object.put("phrase", String.join(" ", phrase.words()));
            output.line(object.path("phrase").asText());
        }
        boolean sealed = WalletFile.isSealed(file);
        object.put("wallet", WalletFile.address(file));
        object.put("file", file.toString());
        object.put("sealed", sealed);
        if (to != null) {
            copy(file, to);
            object.put("copy", to.toString());
            output.line("copied to " + to);
        } else if (!showPhrase) {
            output.line("%s (%s)".formatted(file, sealed ? "sealed" : "not sealed"));
            output.note(
                    "The seed phrase on paper is the backup of all keys. A copy of this file is");
            output.note("another one: rmb wallet backup --to FILE" + unsealedAdvice(sealed));
        }
        output.object(object);
        return Rmb.DONE;
    }

    private static String unsealedAdvice(boolean sealed) {
        return sealed
                ? ", which nobody opens without the passphrase."
                : ", which whoever has it can use.";
    }

    private static void copy(Path file, Path to) {
        try {
            WholeFile.copy(file, to);
        } catch (FileAlreadyExistsException e) {
            throw new UserException("%s is there already: nothing was changed".formatted(to), e);
        } catch (IOException e) {
            throw new UserException("cannot write %s (%s)".formatted(to, WholeFile.reason(e)), e);
        }
    }
}
