package org.p2prmb.node.config;

import org.p2prmb.libp2p.core.Bytes;

import java.nio.file.Path;
import java.security.SecureRandom;

/// A wallet's seed at rest: a [SealedFile] with the title `rmb-wallet 1`, whose `address` says
/// which wallet it is, and whose secret is what the seed phrase stands for.
public final class WalletFile {
    /// Holds the passphrase of the wallet, where it is another than that of the other keys.
    public static final String VARIABLE = "RMB_WALLET_PASSPHRASE";

    private static final SealedFile FORM = new SealedFile("rmb-wallet 1", "address", "wallet file");

    private WalletFile() {}

    /// What comes of opening a wallet's file.
    public sealed interface Opened {
        record Seed(Bytes entropy) implements Opened {}

        /// @param why there is no passphrase, or a wrong one
        record Locked(String why) implements Opened {}
    }

    /// Writes an unsealed file that must not exist yet.
    public static void create(Path file, String address, Bytes entropy) {
        FORM.create(file, address, entropy);
    }

    /// Writes a file that only `passphrase` opens and that must not exist yet.
    public static void create(
            Path file, String address, Bytes entropy, Passphrase passphrase, SecureRandom random) {
        FORM.create(file, address, entropy, passphrase, random);
    }

    /// Opens the file, asking `passphrases` only when it is sealed.
    ///
    /// Throws [UserException] when it is missing, damaged or open to others.
    public static Opened open(Path file, PassphraseSource passphrases) {
        return switch (FORM.open(file, passphrases, VARIABLE)) {
            case SealedFile.Opened.Secret(var secret) -> new Opened.Seed(secret);
            case SealedFile.Opened.Locked(var why) -> new Opened.Locked(why);
        };
    }

    /// Which wallet it is, as the file says.
    public static String address(Path file) {
        return FORM.whose(file);
    }

    public static boolean isSealed(Path file) {
        return FORM.isSealed(file);
    }

    /// The file is not what it should be.
    public static UserException damaged(Path file) {
        return FORM.damaged(file);
    }
}
