package org.p2prmb.node.wallet;

import org.p2prmb.ledgers.seed.SeedPhrase;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.Passphrase;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.config.WalletFile;
import org.p2prmb.node.config.WholeFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/// The files of a wallet in its home: `wallet.key` with the seed, which is never overwritten, and
/// `wallet.open`, which comes from it and can be made again.
public final class WalletFiles {
    private final Home home;

    public WalletFiles(Home home) {
        this.home = home;
    }

    /// Whether there is a wallet, with its seed or without.
    public boolean exist() {
        return there(home.walletKey()) || there(home.walletOpen());
    }

    /// Makes the files of a wallet that must not be there yet; returns its address.
    ///
    /// @param passphrase which seals the seed
    public String create(SeedPhrase phrase, Optional<Passphrase> passphrase, SecureRandom random) {
        if (exist()) {
            throw new UserException(
                    "there is a wallet in %s already: nothing was changed"
                            .formatted(home.directory()));
        }
        var keys = WalletKeys.of(phrase);
        var file = home.walletKey();
        passphrase.ifPresentOrElse(
                sealing ->
                        WalletFile.create(file, keys.address(), phrase.entropy(), sealing, random),
                () -> WalletFile.create(file, keys.address(), phrase.entropy()));
        keepOpen(keys);
        return keys.address();
    }

    /// The keys, or what is at hand of them; nothing when there is no wallet.
    ///
    /// Throws [UserException] when a file is damaged, open to others, or of another wallet.
    public Optional<WalletKeys> open(PassphraseSource passphrases) {
        if (!exist()) {
            return Optional.empty();
        }
        if (!there(home.walletKey())) {
            return Optional.of(
                    WalletKeys.locked(openKeys(), home.walletKey() + " is not in its place"));
        }
        return Optional.of(
                switch (WalletFile.open(home.walletKey(), passphrases)) {
                    case WalletFile.Opened.Locked(var why) -> WalletKeys.locked(openKeys(), why);
                    case WalletFile.Opened.Seed(var entropy) -> checked(phrase(entropy));
                });
    }

    /// The seed phrase; throws [UserException] unless the seed can be opened.
    public SeedPhrase phrase(PassphraseSource passphrases) {
        if (!there(home.walletKey())) {
            throw new UserException(
                    "there is no wallet in %s: make one with 'rmb wallet create'"
                            .formatted(home.directory()));
        }
        return switch (WalletFile.open(home.walletKey(), passphrases)) {
            case WalletFile.Opened.Locked(var why) -> throw new UserException(why);
            case WalletFile.Opened.Seed(var entropy) -> phrase(entropy);
        };
    }

    private SeedPhrase phrase(Bytes entropy) {
        try {
            var phrase = new SeedPhrase(entropy);
            var address = WalletKeys.of(phrase).address();
            if (address.equals(WalletFile.address(home.walletKey()))) {
                return phrase;
            }
        } catch (IllegalArgumentException _) {
            // Neither 16 nor 32 bytes.
        }
        throw WalletFile.damaged(home.walletKey());
    }

    private WalletKeys checked(SeedPhrase phrase) {
        var keys = WalletKeys.of(phrase);
        if (!there(home.walletOpen())) {
            keepOpen(keys);
        } else if (!openKeys().equals(keys.open())) {
            throw new UserException(
                    "%s is of another wallet than %s: move it away, it will be made again"
                            .formatted(home.walletOpen(), home.walletKey()));
        }
        return keys;
    }

    private void keepOpen(WalletKeys keys) {
        try {
            WholeFile.keep(home.walletOpen(), keys.open().text());
        } catch (IOException e) {
            throw new UserException(
                    "cannot write %s (%s)".formatted(home.walletOpen(), WholeFile.reason(e)), e);
        }
    }

    private OpenKeys openKeys() {
        var file = home.walletOpen();
        try {
            return OpenKeys.parse(
                    WholeFile.read(file, "the wallet's open half", OpenKeys.TEXT_MAX));
        } catch (IOException e) {
            throw new UserException("cannot read %s (%s)".formatted(file, WholeFile.reason(e)), e);
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "%s is damaged: move it away, and start once with the wallet's passphrase"
                            .formatted(file),
                    e);
        }
    }

    private static boolean there(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
