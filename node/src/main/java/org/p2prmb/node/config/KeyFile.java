package org.p2prmb.node.config;

import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.nio.file.Path;
import java.security.SecureRandom;

/// A key pair at rest: a [SealedFile] with the title `rmb-key 1`, whose `peer` is compared with the
/// key, and whose secret is the private key's protobuf.
public final class KeyFile {
    private static final SealedFile FORM = new SealedFile("rmb-key 1", "peer", "key file");

    private KeyFile() {}

    /// Writes an unsealed key file that must not exist yet.
    public static void create(Path file, KeyPair keys) {
        FORM.create(file, keys.peerId().toString(), keys.encoded());
    }

    /// Writes a key file that only `passphrase` opens and that must not exist yet.
    public static void create(Path file, KeyPair keys, Passphrase passphrase, SecureRandom random) {
        FORM.create(file, keys.peerId().toString(), keys.encoded(), passphrase, random);
    }

    /// Reads a key file, asking `passphrases` only when it is sealed.
    ///
    /// Throws [UserException] when the file is missing, damaged, open to others or does not open
    /// with the passphrase.
    public static KeyPair read(Path file, PassphraseSource passphrases) {
        return switch (FORM.open(file, passphrases, PassphraseSource.VARIABLE)) {
            case SealedFile.Opened.Locked(var why) -> throw new UserException(why);
            case SealedFile.Opened.Secret(var secret) -> {
                try {
                    var keys = KeyPair.decode(secret);
                    if (!keys.peerId().toString().equals(FORM.whose(file))) {
                        throw FORM.damaged(file);
                    }
                    yield keys;
                } catch (ProtocolException _) {
                    throw FORM.damaged(file);
                }
            }
        };
    }

    /// Whose key this is, as the file says: for showing without opening the seal.
    public static PeerId peer(Path file) {
        try {
            return PeerId.parse(FORM.whose(file));
        } catch (IllegalArgumentException _) {
            throw FORM.damaged(file);
        }
    }
}
