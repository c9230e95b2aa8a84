package org.p2prmb.node.config;

import org.p2prmb.libp2p.core.Bytes;

import java.nio.charset.StandardCharsets;

/// What encrypts a key file: 1 to 1024 characters, never shown.
public final class Passphrase {
    private static final int LENGTH_MAX = 1024;

    private final String text;

    private Passphrase(String text) {
        this.text = text;
    }

    /// Throws [UserException] when `text` is empty or too long.
    public static Passphrase of(String text) {
        if (text.isEmpty()) {
            throw new UserException("the passphrase is empty: give one of 1 to 1024 characters");
        }
        if (text.length() > LENGTH_MAX) {
            throw new UserException("the passphrase is longer than 1024 characters");
        }
        return new Passphrase(text);
    }

    boolean isSame(Passphrase other) {
        return text.equals(other.text);
    }

    Bytes utf8() {
        return Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "Passphrase[hidden]";
    }
}
