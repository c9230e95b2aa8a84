package org.p2prmb.cli;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/// A run that does nothing but load the classes that short commands need, so that the launcher can
/// record them in a cache and start faster from then on.
final class WarmUp {
    private WarmUp() {}

    static void run() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), true);
        var shell =
                new Shell(
                        InputStream.nullInputStream(),
                        nowhere,
                        nowhere,
                        Map.of("RMB_HOME", "nowhere/rmb"),
                        false,
                        new SignalEnding());
        Version.line();
        for (var line :
                List.of(
                        List.of("--help"),
                        List.of("config", "show", "--json"),
                        List.of("config", "show"),
                        List.of("contacts"),
                        List.of("find", "--tag", "warm", "--where", "a=b"),
                        List.of("send", "alice", "echo", "hello", "--json"))) {
            CommandModel.run(shell, line);
        }
    }
}
