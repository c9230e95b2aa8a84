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
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Call;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Commands that are answered by connected clients (`rmb listen`) for as long as they stay.
final class ShellListeners implements HostListener {
    private static final ObjectMapper json = new ObjectMapper();
    private static final int COMMANDS_PER_CLIENT_MAX = 64;

    private final Handlers handlers;
    private final MessageClient client;
    private final SecureRandom random = new SecureRandom();
    private final Map<Connection, List<String>> commands = new HashMap<>();

    ShellListeners(Handlers handlers, MessageClient client) {
        this.handlers = handlers;
        this.client = client;
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
        var held = commands.computeIfAbsent(connection, _ -> new ArrayList<>());
        if (held.size() >= COMMANDS_PER_CLIENT_MAX) {
            throw new IllegalArgumentException("one client listens to too many commands");
        }
        handlers.register(command, rule, call -> forward(connection, call));
        held.add(command);
        if (!connection.isOpen()) {
            disconnected(connection);
        }
    }

    private Answer forward(Connection connection, Call call) throws JsonProcessingException {
        var payload =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("caller", call.source().toString())
                        .put("command", call.command())
                        .put("schema", call.schema())
                        .put(
                                "payload",
                                Base64.getEncoder().encodeToString(call.payload().unsafeArray()));
        var request =
                Request.to(
                        connection.remotePeer(),
                        call.command(),
                        Bytes.utf8(json.writeValueAsString(payload)),
                        random);
        return switch (client.call(connection, request)) {
            case Outcome.Answered(var schema, var answer) -> new Answer.Result(schema, answer);
            case Outcome.Refused(var code, var text) ->
                    new Answer.Declined(
                            code >= 1000 && code <= 9999 ? code : CommandException.FAILED, text);
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
