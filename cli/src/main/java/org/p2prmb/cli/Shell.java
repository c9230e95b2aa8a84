package org.p2prmb.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/// What the program stands in: its streams, its environment, and how it is told to end.
///
/// @param in what is typed or piped in
/// @param out results
/// @param err everything else: progress, complaints, logs
/// @param errIsTerminal whether somebody watches `err`, so that progress makes sense
/// @param ending how commands that stay up learn that they should leave
record Shell(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean errIsTerminal,
        Ending ending) {

    static Shell ofProcess() {
        return new Shell(
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                System.getenv(),
                watched(),
                new SignalEnding());
    }

    // Null without a terminal: the JDK went back to that in 25, which the check does not know.
    @SuppressWarnings("SystemConsoleNull")
    private static boolean watched() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    /// UTF-8 whatever the locale says: without a locale the terminals of today expect it, too.
    private static PrintStream utf8(FileDescriptor descriptor) {
        var out = new BufferedOutputStream(new FileOutputStream(descriptor));
        return new PrintStream(out, false, StandardCharsets.UTF_8);
    }

    /// How a command that stays up learns that it should leave, and says that it has left.
    interface Ending {
        /// From now on a signal to end only asks; before there is nothing to leave in order.
        void arm();

        /// Waits until the program is asked to end.
        void await() throws InterruptedException;

        /// The same, but no longer than this; whether it was asked.
        boolean await(Duration limit) throws InterruptedException;

        /// Asks the program to end.
        void ask();

        /// Ends the program with this code; everything is closed.
        void finish(int code);
    }
}
