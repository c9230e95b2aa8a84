package org.p2prmb.node.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a passphrase comes from when a key file needs one; asked only then.
@FunctionalInterface
public interface PassphraseSource {
    String VARIABLE = "RMB_PASSPHRASE";
    int FILE_BYTES_MAX = 8 * 1024;

    /// The passphrase, or nothing when this source has none.
    Optional<Passphrase> passphrase();

    /// No passphrase at all.
    static PassphraseSource none() {
        return Optional::empty;
    }

    /// The first line of `file`.
    static PassphraseSource file(Path file) {
        return () -> Optional.of(Passphrase.of(firstLine(file)));
    }

    /// The variable `RMB_PASSPHRASE`, if it is set.
    static PassphraseSource environment(Map<String, String> environment) {
        return environment(environment, VARIABLE);
    }

    /// Another variable, if it is set.
    static PassphraseSource environment(Map<String, String> environment, String variable) {
        return () -> Optional.ofNullable(environment.get(variable)).map(Passphrase::of);
    }

    /// Asks the person at the terminal without showing what is typed; nothing without a terminal.
    static PassphraseSource terminal(String prompt) {
        return () -> askAtTerminal(prompt);
    }

    /// This source or, when it has nothing, the other one.
    default PassphraseSource or(PassphraseSource other) {
        return () -> passphrase().or(other::passphrase);
    }

    /// This source, whose answer the other one must repeat: what is typed unseen may be mistyped,
    /// and would then seal something for good. Throws [UserException] when the two differ.
    default PassphraseSource repeated(PassphraseSource again) {
        return () -> {
            var first = passphrase();
            if (first.isPresent() && !again.passphrase().filter(first.get()::isSame).isPresent()) {
                throw new UserException("the two passphrases differ: nothing was changed");
            }
            return first;
        };
    }

    // Null without a terminal: the JDK went back to that in 25, which the check does not know.
    @SuppressWarnings("SystemConsoleNull")
    private static Optional<Passphrase> askAtTerminal(String prompt) {
        var console = System.console();
        if (console == null || !console.isTerminal()) {
            return Optional.empty();
        }
        var typed = console.readPassword("%s: ", prompt);
        if (typed == null) {
            throw new UserException("no passphrase was typed");
        }
        return Optional.of(Passphrase.of(new String(typed)));
    }

    /// Throws [UserException] when there is none to be read.
    static String firstLine(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new UserException("the passphrase file %s is too large".formatted(file));
            }
            var lines = Files.readString(file).lines().toList();
            return lines.isEmpty() ? "" : lines.getFirst();
        } catch (IOException e) {
            throw new UserException(
                    "cannot read the passphrase file %s (%s)".formatted(file, OwnFiles.reason(e)),
                    e);
        }
    }
}
