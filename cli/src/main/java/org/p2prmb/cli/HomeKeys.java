package org.p2prmb.cli;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.KeyFile;
import org.p2prmb.node.config.PassphraseSource;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;

/// The two keys of a home directory: the agent's and the owner's.
final class HomeKeys {
    private static final SecureRandom RANDOM = new SecureRandom();

    private HomeKeys() {}

    /// Makes the home and the keys that it lacks, sealed when there is a passphrase.
    static void create(Home home, PassphraseSource passphrases) {
        home.create();
        createMissing(home.agentKey(), passphrases);
        createMissing(home.ownerKey(), passphrases);
    }

    /// Makes the home with the owner's key that `ownerKey` holds.
    static void create(
            Home home, PassphraseSource passphrases, Path ownerKey, PassphraseSource opener) {
        var owner = KeyFile.read(ownerKey, opener);
        home.create();
        write(home.ownerKey(), owner, passphrases);
        createMissing(home.agentKey(), passphrases);
    }

    static KeyPair agent(Home home, RootCommand root) {
        home.check();
        return KeyFile.read(home.agentKey(), root.passphrases("Passphrase of the agent's key"));
    }

    static KeyPair owner(Home home, RootCommand root) {
        home.check();
        return KeyFile.read(home.ownerKey(), root.passphrases("Passphrase of the owner's key"));
    }

    private static void createMissing(Path file, PassphraseSource passphrases) {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            write(file, KeyPair.generate(RANDOM), passphrases);
        }
    }

    private static void write(Path file, KeyPair keys, PassphraseSource passphrases) {
        passphrases
                .passphrase()
                .ifPresentOrElse(
                        passphrase -> KeyFile.create(file, keys, passphrase, RANDOM),
                        () -> KeyFile.create(file, keys));
    }
}
