package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.AccessText;
import org.p2prmb.node.config.ExecConfig;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/// `rmb listen`: answers one command from the shell, for as long as it runs.
@Command(
        name = "listen",
        description = {
            "Answer a command from this shell.",
            "Each message is printed, and the next line that you type is its answer;",
            "or --answer all with one text, or let a program --exec answer.",
            "Example: rmb listen greet --access anyone --answer hello"
        })
final class ListenCommand implements Callable<Integer> {
    private final RootCommand root;

    @Parameters(paramLabel = "COMMAND", description = "The command to answer.")
    private String command = "";

    @Option(
            names = "--access",
            paramLabel = "WHO",
            description = "owner, anyone, or public keys separated by commas (${DEFAULT-VALUE}).")
    private String access = "owner";

    @Option(names = "--answer", paramLabel = "TEXT", description = "Always answer this.")
    private @Nullable String answer;

    @Option(
            names = "--exec",
            paramLabel = "PROGRAM",
            description = "Let this program answer (docs/handlers.md); its arguments follow --.")
    private @Nullable String program;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments of the program.")
    private List<String> args = new ArrayList<>();

    ListenCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        ExecConfig.requireCommand(command);
        var rule = AccessText.parse(access);
        if (answer != null && program != null) {
            throw new UserException("give either --answer or --exec, not both");
        }
        if (program == null && !args.isEmpty()) {
            throw new UserException("arguments make sense with --exec only");
        }
        var arguments = Json.object();
        arguments.put("command", command);
        arguments.put("access", AccessText.format(rule));
        var shell = root.shell();
        shell.ending().arm();
        try (var client = OwnerClient.open(root)) {
            client.serve(ForwardedMessages.server(client, command, this::heard, answerer()));
            client.ask("handlers.listen", arguments);
            root.output()
                    .note("listening for %s, open to %s; ctrl-C ends".formatted(command, access));
            var watch = Thread.startVirtualThread(() -> endWithConnection(client, shell));
            shell.ending().await();
            watch.interrupt();
            if (!client.isOpen()) {
                throw new FailedException("lost", "lost the agent: it has ended or was killed");
            }
        }
        return Rmb.DONE;
    }

    private Answerer answerer() {
        if (answer != null) {
            return new Answerer.Fixed(answer);
        }
        return program == null
                ? new Answerer.Typed(root.shell().in())
                : new Answerer.Program(command, program, args);
    }

    private void heard(ObjectNode message) {
        var output = root.output();
        output.object(message);
        var payload = Payload.decoded(message);
        output.line(
                "%s: %s"
                        .formatted(
                                Replies.text(message, "caller"),
                                Payload.shown(
                                        payload, Printed.line(message.path("schema").asText()))));
    }

    private static void endWithConnection(OwnerClient client, Shell shell) {
        try {
            client.awaitClosed();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // Asked to end: nothing to tell any more.
        }
        shell.ending().ask();
    }
}
