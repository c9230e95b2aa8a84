package org.p2prmb.cli;

import org.p2prmb.node.config.Nearest;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/// The model of the command line, of which only what one call needs is built.
final class CommandModel {
    private static final SequencedMap<String, Function<RootCommand, Object>> COMMANDS = commands();

    private CommandModel() {}

    private static SequencedMap<String, Function<RootCommand, Object>> commands() {
        var commands = new LinkedHashMap<String, Function<RootCommand, Object>>();
        commands.put("demo", DemoCommand::new);
        commands.put("init", InitCommand::new);
        commands.put("node", NodeCommand::new);
        commands.put("bootstrap", BootstrapCommand::new);
        commands.put("find", FindCommand::new);
        commands.put("send", SendCommand::new);
        commands.put("listen", ListenCommand::new);
        commands.put("contacts", ContactsCommand::new);
        commands.put("profile", ProfileCommand::new);
        commands.put("reputation", ReputationCommand::new);
        commands.put("report", ReportCommand::new);
        commands.put("sell", SellCommand::new);
        commands.put("offers", OffersCommand::new);
        commands.put("buy", BuyCommand::new);
        commands.put("swaps", SwapsCommand::new);
        commands.put("swap", SwapCommand::new);
        commands.put("wallet", WalletCommand::new);
        commands.put("simulate", SimulateCommand::new);
        commands.put("config", ConfigCommand::new);
        return commands;
    }

    /// Runs one command line and returns the exit code; nothing is thrown at the user.
    static int run(Shell shell, List<String> args) {
        var root = new RootCommand(shell);
        var line = build(root, args);
        line.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8));
        line.setParameterExceptionHandler((e, _) -> misread(e, shell, args.contains("--json")));
        line.setExecutionExceptionHandler((e, _, _) -> Complaints.about(e, root.output()));
        return line.execute(args.toArray(String[]::new));
    }

    private static CommandLine build(RootCommand root, List<String> args) {
        var line = new CommandLine(CommandSpec.forAnnotatedObject(root));
        // Building a model reads annotations, so the first word decides which one is needed.
        var first = args.isEmpty() ? "" : args.getFirst();
        if (COMMANDS.containsKey(first)) {
            line.addSubcommand(first, command(first, root));
        } else {
            COMMANDS.keySet().forEach(name -> line.addSubcommand(name, command(name, root)));
        }
        showVersion(line);
        line.setUsageHelpAutoWidth(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setExpandAtFiles(false);
        return line;
    }

    private static void showVersion(CommandLine line) {
        line.getCommandSpec().versionProvider(() -> new String[] {Version.line()});
        line.getSubcommands().values().forEach(CommandModel::showVersion);
    }

    private static Object command(String name, RootCommand root) {
        var make = COMMANDS.get(name);
        if (make == null) {
            throw new IllegalStateException("no command " + name);
        }
        return make.apply(root);
    }

    private static int misread(ParameterException e, Shell shell, boolean json) {
        var name = e.getCommandLine().getCommandSpec().qualifiedName();
        var complaint = Printed.line(String.valueOf(e.getMessage()));
        var known = e.getCommandLine().getSubcommands().keySet();
        if (e instanceof UnmatchedArgumentException unmatched && !known.isEmpty()) {
            var word = unmatched.getUnmatched().getFirst();
            complaint =
                    "'%s' is not a command of %s%s"
                            .formatted(
                                    Printed.brief(word),
                                    name,
                                    Nearest.to(word, known)
                                            .map(": did you mean %s?"::formatted)
                                            .orElse(""));
        }
        var advice = complaint.endsWith("?") ? "" : " (see '%s --help')".formatted(name);
        return Complaints.about(new UserException(complaint + advice), new Output(shell, json));
    }
}
