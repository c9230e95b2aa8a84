package org.p2prmb.node.config;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// A key pair at rest: a small text file of mode 0600, plain or sealed with a [Passphrase].
///
/// ```text
/// rmb-key 1
/// peer: 12D3KooW...                      whose key it is; checked against the key
/// seal: none | argon2id+chacha20-poly1305
/// argon2id: memory=65536 passes=3 lanes=1   (sealed only, memory in KiB)
/// salt: <16 bytes, base64>                  (sealed only)
/// nonce: <12 bytes, base64>                 (sealed only)
/// key: <private key protobuf, or its ciphertext and tag, base64>
/// ```
///
/// The lines before `key` are authenticated data of the seal, so no bit of a file can change
/// unnoticed. A key file is never overwritten.
public final class KeyFile {
    private static final int BYTES_MAX = 16 * 1024;
    private static final String TITLE = "rmb-key 1";
    private static final String PLAIN = "none";
    private static final Set<String> SHAPES =
            Set.of("peer seal key", "peer seal argon2id salt nonce key");

    private KeyFile() {}

    /// Writes an unsealed key file that must not exist yet.
    public static void create(Path file, KeyPair keys) {
        var header = header(keys.peerId(), PLAIN);
        write(file, header + "key: " + base64(keys.encoded()) + "\n");
    }

    /// Writes a key file that only `passphrase` opens and that must not exist yet.
    public static void create(Path file, KeyPair keys, Passphrase passphrase, SecureRandom random) {
        var seal = KeySeal.fresh(random);
        var header = header(keys.peerId(), KeySeal.NAME) + seal.lines();
        var sealed = seal.seal(passphrase, Bytes.utf8(header), keys.encoded());
        write(file, header + "key: " + base64(sealed) + "\n");
    }

    /// Reads a key file, asking `passphrases` only when it is sealed.
    ///
    /// Throws [UserException] when the file is missing, damaged, open to others or does not open
    /// with the passphrase.
    public static KeyPair read(Path file, PassphraseSource passphrases) {
        var text = text(file);
        var lines = lines(file, text);
        var header = text.substring(0, text.indexOf("key: "));
        var body = bytes(file, lines, "key");
        var keys =
                lines.getOrDefault("seal", "").equals(PLAIN)
                        ? decode(file, body)
                        : decode(file, open(file, lines, header, body, passphrases));
        if (!keys.peerId().toString().equals(lines.get("peer"))) {
            throw damaged(file);
        }
        return keys;
    }

    /// Whose key this is, as the file says: for showing without opening the seal.
    public static PeerId peer(Path file) {
        try {
            return PeerId.parse(lines(file, text(file)).getOrDefault("peer", ""));
        } catch (IllegalArgumentException _) {
            throw damaged(file);
        }
    }

    private static Bytes open(
            Path file,
            Map<String, String> lines,
            String header,
            Bytes sealed,
            PassphraseSource passphrases) {
        if (!lines.getOrDefault("seal", "").equals(KeySeal.NAME)) {
            throw damaged(file);
        }
        var seal =
                KeySeal.parse(
                                lines.getOrDefault("argon2id", ""),
                                bytes(file, lines, "salt"),
                                bytes(file, lines, "nonce"))
                        .orElseThrow(() -> damaged(file));
        var passphrase =
                passphrases
                        .passphrase()
                        .orElseThrow(() ->
                                new UserException(
                                        ("%s is sealed: set %s, give --passphrase-file, or"
                                                        + " run in a terminal")
                                                .formatted(file, PassphraseSource.VARIABLE)));
        return seal.open(passphrase, Bytes.utf8(header), sealed)
                .orElseThrow(() ->
                        new UserException(
                                "wrong passphrase for %s (or the file is damaged)"
                                        .formatted(file)));
    }

    private static KeyPair decode(Path file, Bytes key) {
        try {
            return KeyPair.decode(key);
        } catch (ProtocolException _) {
            throw damaged(file);
        }
    }

    private static String header(PeerId peer, String seal) {
        return TITLE + "\npeer: " + peer + "\nseal: " + seal + "\n";
    }

    private static String text(Path file) {
        try {
            OwnFiles.requirePrivate(file, "the key file");
            if (Files.size(file) > BYTES_MAX) {
                throw damaged(file);
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UserException(
                    "cannot read the key file %s (%s)".formatted(file, OwnFiles.reason(e)), e);
        }
    }

    /// The `name: value` lines. Strict: the same values would be written as the same file.
    private static Map<String, String> lines(Path file, String text) {
        var all = text.lines().toList();
        if (all.isEmpty() || !all.getFirst().equals(TITLE) || !text.endsWith("\n")) {
            throw damaged(file);
        }
        var lines = new LinkedHashMap<String, String>();
        for (var line : all.subList(1, all.size())) {
            var colon = line.indexOf(": ");
            if (colon < 0
                    || lines.put(line.substring(0, colon), line.substring(colon + 2)) != null) {
                throw damaged(file);
            }
        }
        var again = new StringBuilder(TITLE).append('\n');
        lines.forEach((name, value) -> again.append(name).append(": ").append(value).append('\n'));
        if (!again.toString().equals(text) || !SHAPES.contains(String.join(" ", lines.keySet()))) {
            throw damaged(file);
        }
        return lines;
    }

    private static Bytes bytes(Path file, Map<String, String> lines, String name) {
        var text = lines.getOrDefault(name, "");
        try {
            var bytes = Bytes.wrap(Base64.getDecoder().decode(text));
            if (!base64(bytes).equals(text)) {
                throw damaged(file);
            }
            return bytes;
        } catch (IllegalArgumentException _) {
            throw damaged(file);
        }
    }

    private static void write(Path file, String text) {
        try {
            OwnFiles.create(file, text);
        } catch (FileAlreadyExistsException e) {
            throw new UserException(
                    "there is a key in %s already; it is never overwritten".formatted(file), e);
        } catch (IOException e) {
            throw new UserException(
                    "cannot write the key file %s (%s)".formatted(file, OwnFiles.reason(e)), e);
        }
    }

    private static UserException damaged(Path file) {
        return new UserException(
                "the key file %s is damaged or not a key file: restore it from a copy"
                        .formatted(file));
    }

    static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.unsafeArray());
    }
}
