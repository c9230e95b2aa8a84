package org.p2prmb.node.config;

import org.p2prmb.libp2p.core.Bytes;

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

/// The form of files that hold a secret: text of mode 0600, plain or sealed with a [Passphrase].
///
/// ```text
/// <title>
/// <subject>: ...                         whose secret it is, in clear
/// seal: none | argon2id+chacha20-poly1305
/// argon2id: memory=65536 passes=3 lanes=1   (sealed only, memory in KiB)
/// salt: <16 bytes, base64>                  (sealed only)
/// nonce: <12 bytes, base64>                 (sealed only)
/// key: <the secret, or its ciphertext and tag, base64>
/// ```
///
/// The lines before `key` are authenticated data of the seal, so no bit of a file can change
/// unnoticed. Such a file is never overwritten.
///
/// @param title the first line, with the version
/// @param subject the name of the second
/// @param what the file is called in messages
record SealedFile(String title, String subject, String what) {
    private static final int BYTES_MAX = 16 * 1024;
    private static final String PLAIN = "none";
    private static final String SEAL = "seal";

    /// What comes of opening a file that is there and in order.
    sealed interface Opened {
        record Secret(Bytes secret) implements Opened {}

        /// @param why there is no passphrase, or a wrong one
        record Locked(String why) implements Opened {}
    }

    /// Writes an unsealed file that must not exist yet.
    void create(Path file, String whose, Bytes secret) {
        write(file, header(whose, PLAIN) + "key: " + base64(secret) + "\n");
    }

    /// Writes a file that only `passphrase` opens and that must not exist yet.
    void create(Path file, String whose, Bytes secret, Passphrase passphrase, SecureRandom random) {
        var seal = KeySeal.fresh(random);
        var header = header(whose, KeySeal.NAME) + seal.lines();
        var sealed = seal.seal(passphrase, Bytes.utf8(header), secret);
        write(file, header + "key: " + base64(sealed) + "\n");
    }

    /// Opens a file, asking `passphrases` only when it is sealed. Throws [UserException] when it is
    /// missing, damaged or open to others.
    ///
    /// @param variable which people set for this file's passphrase
    Opened open(Path file, PassphraseSource passphrases, String variable) {
        var text = text(file);
        var lines = lines(file, text);
        var body = bytes(file, lines, "key");
        if (lines.getOrDefault(SEAL, "").equals(PLAIN)) {
            return new Opened.Secret(body);
        }
        var seal = seal(file, lines);
        var passphrase = passphrases.passphrase();
        if (passphrase.isEmpty()) {
            return new Opened.Locked(
                    "%s is sealed: set %s, give --passphrase-file, or run in a terminal"
                            .formatted(file, variable));
        }
        var header = text.substring(0, text.indexOf("key: "));
        return seal.open(passphrase.get(), Bytes.utf8(header), body)
                .<Opened>map(Opened.Secret::new)
                .orElseGet(() ->
                        new Opened.Locked(
                                "wrong passphrase for %s (or the file is damaged)"
                                        .formatted(file)));
    }

    /// Whose secret this is, as the file says: for showing without opening the seal.
    String whose(Path file) {
        return lines(file, text(file)).getOrDefault(subject, "");
    }

    boolean isSealed(Path file) {
        return !lines(file, text(file)).getOrDefault(SEAL, "").equals(PLAIN);
    }

    UserException damaged(Path file) {
        return new UserException(
                "the %s %s is damaged or not a %s: restore it from a copy"
                        .formatted(what, file, what));
    }

    private KeySeal seal(Path file, Map<String, String> lines) {
        if (!lines.getOrDefault(SEAL, "").equals(KeySeal.NAME)) {
            throw damaged(file);
        }
        return KeySeal.parse(
                        lines.getOrDefault("argon2id", ""),
                        bytes(file, lines, "salt"),
                        bytes(file, lines, "nonce"))
                .orElseThrow(() -> damaged(file));
    }

    private String header(String whose, String seal) {
        return "%s\n%s: %s\nseal: %s\n".formatted(title, subject, whose, seal);
    }

    private String text(Path file) {
        try {
            OwnFiles.requirePrivate(file, "the " + what);
            if (Files.size(file) > BYTES_MAX) {
                throw damaged(file);
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UserException(
                    "cannot read the %s %s (%s)".formatted(what, file, OwnFiles.reason(e)), e);
        }
    }

    /// The `name: value` lines. Strict: the same values would be written as the same file.
    private Map<String, String> lines(Path file, String text) {
        var all = text.lines().toList();
        if (all.isEmpty() || !all.getFirst().equals(title) || !text.endsWith("\n")) {
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
        var again = new StringBuilder(title).append('\n');
        lines.forEach((name, value) -> again.append(name).append(": ").append(value).append('\n'));
        var shapes = Set.of(subject + " seal key", subject + " seal argon2id salt nonce key");
        if (!again.toString().equals(text) || !shapes.contains(String.join(" ", lines.keySet()))) {
            throw damaged(file);
        }
        return lines;
    }

    private Bytes bytes(Path file, Map<String, String> lines, String name) {
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

    private void write(Path file, String text) {
        try {
            OwnFiles.create(file, text);
        } catch (FileAlreadyExistsException e) {
            throw new UserException(
                    "there is a key in %s already; it is never overwritten".formatted(file), e);
        } catch (IOException e) {
            throw new UserException(
                    "cannot write the %s %s (%s)".formatted(what, file, OwnFiles.reason(e)), e);
        }
    }

    static String base64(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.unsafeArray());
    }
}
