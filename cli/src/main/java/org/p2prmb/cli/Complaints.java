package org.p2prmb.cli;

import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;
import org.slf4j.LoggerFactory;

/// Turns whatever ended a command into one line for the user and an exit code.
final class Complaints {
    private Complaints() {}

    static int about(Throwable failure, Output output) {
        return switch (failure) {
            case UserException mistake -> {
                output.complaint("usage", text(mistake));
                yield Rmb.USAGE;
            }
            case FailedException failed -> {
                output.complaint(failed.code(), text(failed));
                yield Rmb.FAILED;
            }
            case InterruptedException _ -> {
                output.complaint("interrupted", "interrupted");
                yield Rmb.FAILED;
            }
            default -> {
                LoggerFactory.getLogger(Complaints.class).debug("a command failed", failure);
                var what = Printed.line(failure.toString());
                output.complaint(
                        "internal",
                        "something is wrong with rmb itself (%s): run it with --verbose"
                                .formatted(what));
                yield Rmb.FAILED;
            }
        };
    }

    private static String text(Throwable failure) {
        return Printed.line(String.valueOf(failure.getMessage()));
    }
}
