package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.LogFormat;
import org.p2prmb.node.config.PassphraseSource;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

import java.nio.file.Path;

/// `rmb` itself, and the options that every command understands, before or after its name.
@Command(
        name = "rmb",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        description = "A peer-to-peer Remote Message Bus: find agents, ask them, hear from them.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Start with: rmb demo",
            "Help for one command: rmb COMMAND --help",
            "Exit codes: 0 done, 1 it did not work out, 2 a mistake in what you wrote."
        })
final class RootCommand {
    private final Shell shell;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Keys, address and data of your agent (RMB_HOME, else ~/.rmb).")
    private @Nullable Path home;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "Print one JSON object per line, complaints too.")
    private boolean json;

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log what happens, to standard error.")
    private boolean verbose;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            scope = ScopeType.INHERIT,
            description = "How log lines look: text or json.")
    private @Nullable String logFormat;

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Opens sealed keys with this file's first line (else RMB_PASSPHRASE).")
    private @Nullable Path passphraseFile;

    RootCommand(Shell shell) {
        this.shell = shell;
    }

    Shell shell() {
        return shell;
    }

    boolean json() {
        return json;
    }

    Output output() {
        return new Output(shell, json);
    }

    Home home() {
        return home == null ? Home.ofUser(shell.environment()) : Home.of(home);
    }

    /// File, then environment, then the terminal.
    PassphraseSource passphrases(String prompt) {
        return givenPassphrase().or(PassphraseSource.terminal(prompt));
    }

    /// What was given without being asked for.
    PassphraseSource givenPassphrase() {
        var environment = PassphraseSource.environment(shell.environment());
        return passphraseFile == null
                ? environment
                : PassphraseSource.file(passphraseFile).or(environment);
    }

    /// Decides how logs look; `configured` holds unless a flag says otherwise.
    void startLogging(LogFormat configured) {
        var format = logFormat == null ? configured : parsed(logFormat);
        LogSetup.choose(format, verbose);
    }

    @Nullable String logFormat() {
        return logFormat;
    }

    private static LogFormat parsed(String text) {
        return switch (text) {
            case "text" -> LogFormat.TEXT;
            case "json" -> LogFormat.JSON;
            default ->
                    throw new UserException(
                            "--log-format '%s' is neither text nor json".formatted(text));
        };
    }
}
