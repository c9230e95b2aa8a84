package org.p2prmb.cli;

import java.io.InputStream;
import java.io.PrintStream;
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
                System.out,
                System.err,
                System.getenv(),
                System.console() != null && System.getenv("TERM") != null,
                new SignalEnding());
    }

    /// How a command that stays up learns that it should leave, and says that it has left.
    interface Ending {
        /// Waits until the program is asked to end.
        void await() throws InterruptedException;

        /// Asks the program to end.
        void ask();

        /// Ends the program with this code; everything is closed.
        void finish(int code);
    }
}
