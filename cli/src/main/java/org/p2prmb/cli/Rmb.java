package org.p2prmb.cli;

import java.util.List;

/// The program `rmb`.
///
/// Exit codes: 0 done, 1 it did not work out (refused, unanswered, failed), 2 a mistake of the
/// user.
public final class Rmb {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    private Rmb() {}

    public static void main(String[] args) {
        var words = List.of(args);
        // Answered without building any model of the command line: it is asked for most.
        if (words.equals(List.of("--version")) || words.equals(List.of("-V"))) {
            System.out.println(Version.line());
            return;
        }
        if (words.equals(List.of("--warm-up"))) {
            WarmUp.run();
            return;
        }
        var shell = Shell.ofProcess();
        var code = FAILED;
        try {
            code = CommandModel.run(shell, words);
        } catch (Error e) {
            // Not ours to mend, but still one line and an exit code.
            code = Complaints.about(e, new Output(shell, words.contains("--json")));
        } finally {
            shell.out().flush();
            shell.err().flush();
            shell.ending().finish(code);
        }
    }
}
