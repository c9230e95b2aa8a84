package org.p2prmb.cli;

import org.p2prmb.node.config.UserException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The question before something that cannot be taken back.
final class Confirmation {
    private static final int LINE_MAX = 1_024;

    private Confirmation() {}

    /// Asks unless `yes` says that the owner has agreed; throws [UserException] without a yes.
    static void require(RootCommand root, boolean yes, String question) {
        if (yes) {
            return;
        }
        if (!root.json()) {
            root.shell().err().print(question + " [yes/no] ");
            root.shell().err().flush();
        }
        var answer = line(root.shell().in()).strip().toLowerCase(Locale.ROOT);
        if (!answer.equals("yes") && !answer.equals("y")) {
            throw new UserException("nothing was done: answer yes, or give --yes");
        }
    }

    /// One line, and no byte more, so that what follows it can still be read.
    static String line(InputStream in) {
        try {
            var line = new ByteArrayOutputStream();
            for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
                line.write(next);
                if (line.size() > LINE_MAX) {
                    throw new UserException("the line is longer than 1024 characters");
                }
            }
            return line.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UserException("the answer cannot be read", e);
        }
    }
}
