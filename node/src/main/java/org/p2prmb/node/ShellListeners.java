package org.p2prmb.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.node.config.AccessText;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.handlers.Arguments;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.node.handlers.Commands;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Call;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;
import org.p2prmb.protocols.message.RmbMessage;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Commands that are answered by connected clients (`rmb listen`) for as long as they stay.
final class ShellListeners implements HostListener {
    private static final ObjectMapper json = new ObjectMapper();
    private static final int COMMANDS_PER_CLIENT_MAX = 64;

    /// What fits into a message once it is base64 inside JSON.
    private static final int PAYLOAD_BYTES_MAX = 3 * (RmbMessage.PAYLOAD_BYTES_MAX - 4_096) / 4;

    private final Handlers handlers;
    private final MessageClient client;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<Connection, List<String>> commands = new HashMap<>();

    ShellListeners(Handlers handlers, MessageClient client, InstantSource clock) {
        this.handlers = handlers;
        this.client = client;
        this.clock = clock;
    }

    /// `handlers.listen`: forwards the command to the asking client from now on.
    JsonNode listen(JsonNode node, Command.Caller caller) throws CommandException {
        var arguments = new Arguments(node);
        var command = arguments.text("command");
        var connection = caller.connection();
        if (connection == null) {
            throw new CommandException(
                    CommandException.FAILED, "only a connected client can listen");
        }
        try {
            var rule = AccessText.parse(arguments.optionalText("access").orElse("owner"));
            register(command, connection, rule);
        } catch (IllegalArgumentException | UserException e) {
            throw new CommandException(CommandException.ARGUMENTS, String.valueOf(e.getMessage()));
        }
        return JsonNodeFactory.instance.objectNode();
    }

    private synchronized void register(String command, Connection connection, AccessRule rule) {
        var held = commands.getOrDefault(connection, List.of());
        if (held.size() >= COMMANDS_PER_CLIENT_MAX) {
            throw new IllegalArgumentException("one client listens to too many commands");
        }
        handlers.register(command, rule, call -> forward(connection, call));
        commands.computeIfAbsent(connection, _ -> new ArrayList<>()).add(command);
        if (!connection.isOpen()) {
            disconnected(connection); // It was told before we were told of the command.
        }
    }

    private Answer forward(Connection connection, Call call) throws JsonProcessingException {
        if (call.payload().size() > PAYLOAD_BYTES_MAX) {
            return new Answer.Declined(
                    CommandException.FAILED, "the payload is too large to be passed on");
        }
        var left =
                Duration.between(clock.instant(), call.deadline()).truncatedTo(ChronoUnit.MILLIS);
        if (!left.isPositive()) {
            return new Answer.Declined(CommandException.LATE, "the time is over");
        }
        var request =
                Request.to(
                                connection.remotePeer(),
                                call.command(),
                                Bytes.utf8(json.writeValueAsString(Commands.described(call))),
                                random)
                        .expiringAfter(left);
        return switch (client.call(connection, request)) {
            case Outcome.Answered(var schema, var answer) -> new Answer.Result(schema, answer);
            case Outcome.Refused(var code, var text) -> new CommandException(code, text).answer();
            case Outcome.Expired(), Outcome.Lost _, Outcome.Offline _, Outcome.Misanswered _ ->
                    new Answer.Declined(
                            CommandException.FAILED, "the listening client did not answer");
        };
    }

    @Override
    public synchronized void disconnected(Connection connection) {
        var held = commands.remove(connection);
        if (held != null) {
            held.forEach(handlers::unregister);
        }
    }
}
