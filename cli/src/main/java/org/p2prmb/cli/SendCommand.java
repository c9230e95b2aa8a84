package org.p2prmb.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.ExecConfig;
import org.p2prmb.node.config.OwnerKey;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.Quantity;
import org.p2prmb.node.config.UserException;
import org.p2prmb.protocols.message.Header;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;

/// `rmb send`: sends a command to an agent through the owner's own, and prints the answer.
@Command(
        name = "send",
        description = {
            "Send a command to an agent and print its answer.",
            "Examples: rmb send alice echo \"a haircut, please\"",
            "          rmb send --to-owner 12D3Koo... greet < letter.txt -"
        })
final class SendCommand implements Callable<Integer> {
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

    private final RootCommand root;

    @Option(
            names = "--to-owner",
            paramLabel = "KEY",
            description = "Instead of PEER: to the agent of this owner.")
    private @Nullable String toOwner;

    @Option(names = "--file", paramLabel = "FILE", description = "Send the content of this file.")
    private @Nullable Path file;

    @Option(
            names = "--schema",
            paramLabel = "TYPE",
            description = "Media type of what is sent (JSON and text are recognised).")
    private @Nullable String schema;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long the message counts (${DEFAULT-VALUE}; at most 30 min).")
    private String timeout = "30 s";

    @Option(names = "--fail-fast", description = "Do not wait for a receiver that is offline.")
    private boolean failFast;

    @Option(names = "--raw", description = "Print the answer's bytes as they are, unescaped.")
    private boolean raw;

    @Parameters(
            paramLabel = "PEER COMMAND [PAYLOAD|-]",
            arity = "1..3",
            description = {
                "To whom (peer id or contact's name; not with --to-owner),",
                "what to run there, and what to say; - reads standard input."
            })
    private List<String> words = new ArrayList<>();

    SendCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() throws InterruptedException {
        var limit = limit();
        var arguments = arguments();
        arguments.put("expirationMillis", limit.toMillis());
        arguments.put("tags", failFast ? Header.FAIL_FAST : "");
        try (var client = OwnerClient.open(root)) {
            JsonNode answer;
            try (var _ = Progress.start(root, "waiting for the answer")) {
                answer = client.ask("message.send", arguments, limit.plus(ANSWER_MARGIN));
            }
            return print(answer);
        }
    }

    private ObjectNode arguments() {
        var arguments = Json.object();
        var rest = new ArrayList<>(words);
        if (toOwner == null) {
            arguments.put("to", PeerText.checked(rest.removeFirst()));
        } else {
            arguments.put("toOwner", OwnerKey.format(OwnerKey.parse(toOwner)));
        }
        if (rest.isEmpty()) {
            throw new UserException("say which command to run: rmb send PEER COMMAND [PAYLOAD]");
        }
        if (rest.size() > 2) {
            throw new UserException(
                    "with --to-owner there is no PEER: rmb send --to-owner KEY COMMAND [PAYLOAD]");
        }
        arguments.put("command", ExecConfig.requireCommand(rest.getFirst()));
        if (file != null && rest.size() == 2) {
            throw new UserException("give either --file or a payload, not both");
        }
        var payload =
                file == null
                        ? Payload.ofWord(rest.size() == 2 ? rest.getLast() : "", root.shell())
                        : Payload.ofFile(file);
        arguments.put("payload", Base64.getEncoder().encodeToString(payload.unsafeArray()));
        arguments.put("schema", schema == null ? Payload.schema(payload) : schema);
        return arguments;
    }

    private Duration limit() {
        try {
            var limit = Quantity.duration(timeout);
            if (!limit.isPositive() || limit.compareTo(Header.EXPIRATION_MAX) > 0) {
                throw new IllegalArgumentException("it is more than 0 and at most 30 min");
            }
            return limit;
        } catch (IllegalArgumentException e) {
            throw new UserException(
                    "--timeout '%s': %s".formatted(Printed.brief(timeout), e.getMessage()), e);
        }
    }

    private int print(JsonNode answer) {
        var output = root.output();
        var outcome = answer.path("outcome").asText();
        if (output.json()) {
            output.object(answer);
            return outcome.equals("answered") ? Rmb.DONE : Rmb.FAILED;
        }
        if (!outcome.equals("answered")) {
            throw new FailedException(outcome, explained(outcome, answer));
        }
        var payload = Payload.decoded(answer);
        if (raw) {
            root.shell().out().writeBytes(payload.toArray());
            root.shell().out().flush();
        } else if (payload.size() > 0) {
            output.line(Payload.shown(payload, answer.path("schema").asText()));
        }
        output.note(
                "answered by %s in %d ms"
                        .formatted(Replies.text(answer, "from"), answer.path("millis").asLong()));
        return Rmb.DONE;
    }

    private String explained(String outcome, JsonNode answer) {
        var to = Printed.brief(toOwner == null ? words.getFirst() : "the owner's agent");
        var said = Replies.text(answer, "message");
        return switch (outcome) {
            case "no-handler" -> "%s has no handler for this command".formatted(to);
            case "offline" -> "%s cannot be reached (%s)".formatted(to, said);
            case "expired" -> "no answer from %s within %s".formatted(to, timeout);
            case "refused" ->
                    "%s refused (%d: %s)".formatted(to, answer.path("code").asInt(), said);
            default -> "%s: %s".formatted(Printed.line(outcome), said);
        };
    }
}
