package org.p2prmb.node.config;

import org.p2prmb.protocols.message.AccessRule;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// An executable that answers one command: the payload on its standard input, the answer on its
/// standard output (docs/handlers.md).
///
/// @param command 1 to 128 characters of `[a-z0-9._-]`
/// @param program path of the executable
/// @param args its arguments; no shell reads them
/// @param access who may call it
/// @param deadline when it is killed; a longer one lets each caller hold a process for that time
/// @param outputMax bytes of its output, at most 1 MiB since the answer is one message
/// @param grants commands that it may run on this agent, such as `search.find`; everybody with
///     access to this command gets to use them through it
public record ExecConfig(
        String command,
        String program,
        List<String> args,
        AccessRule access,
        Duration deadline,
        int outputMax,
        List<String> grants) {
    public static final Duration DEADLINE = Duration.ofSeconds(30);
    public static final int OUTPUT_MAX = 1024 * 1024;
    static final int ARGS_MAX = 64;
    static final int GRANTS_MAX = 32;
    private static final Pattern COMMAND = Pattern.compile("[a-z0-9._-]{1,128}");

    public ExecConfig {
        args = List.copyOf(args);
        grants = List.copyOf(grants);
        requireCommand(command);
        if (program.isBlank()) {
            throw new UserException("handler %s names no program".formatted(command));
        }
        Bounds.count("args of handler " + command, args.size(), 0, ARGS_MAX);
        Bounds.count("grants of handler " + command, grants.size(), 0, GRANTS_MAX);
        grants.forEach(ExecConfig::requireCommand);
        Bounds.time(
                "deadline of handler " + command,
                deadline,
                Duration.ofMillis(100),
                Duration.ofMinutes(30));
        Bounds.count("outputMax of handler " + command, outputMax, 1, OUTPUT_MAX);
    }

    /// Only the owner may call it, and it may run no command of the agent.
    public static ExecConfig of(String command, String program, List<String> args) {
        return new ExecConfig(
                command, program, args, AccessRule.OWNER, DEADLINE, OUTPUT_MAX, List.of());
    }

    /// Throws [UserException] when `command` is not a possible name of one.
    public static String requireCommand(String command) {
        if (!COMMAND.matcher(command).matches()) {
            throw new UserException(
                    "'%s' is not a command: use 1 to 128 of a-z 0-9 . _ -"
                            .formatted(Printed.brief(command)));
        }
        return command;
    }
}
