package org.p2prmb.node.handlers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.ExecConfig;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Call;
import org.p2prmb.protocols.message.Handler;
import org.p2prmb.protocols.message.Handlers;

import java.io.IOException;
import java.util.Base64;
import java.util.Map;

/// Binds commands and executables to the handlers that incoming messages reach.
public final class Commands {
    private static final ObjectMapper json = new ObjectMapper();

    private Commands() {}

    /// Makes each command a handler for the owner.
    public static void register(Handlers handlers, Map<String, Command> commands) {
        commands.forEach(
                (name, command) -> handlers.register(name, AccessRule.OWNER, handler(command)));
    }

    /// Makes an executable a handler; it may run those of `commands` that it has a grant for, in
    /// the name of this agent. Closing what is returned kills the programs that still run.
    public static ExecHandler register(
            Handlers handlers, ExecConfig config, Map<String, Command> commands, KeyPair agent) {
        var program =
                new ExecHandler(
                        config,
                        (name, arguments) -> {
                            var command = commands.get(name);
                            if (command == null) {
                                throw new CommandException(
                                        CommandException.UNKNOWN, "no command " + name);
                            }
                            return command.run(arguments, new Command.Caller(agent.peerId(), null));
                        });
        handlers.register(
                config.command(),
                config.access(),
                answering(call -> program.answer(described(call))));
        return program;
    }

    /// A call as programs and listening clients are told of it (docs/handlers.md).
    public static ObjectNode described(Call call) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("command", call.command())
                .put("caller", call.source().toString())
                .put("schema", call.schema())
                .put("payload", Base64.getEncoder().encodeToString(call.payload().unsafeArray()));
    }

    private static Handler handler(Command command) {
        return answering(call -> {
            var caller = new Command.Caller(call.source(), call.connection());
            return command.run(parse(call.payload()), caller);
        });
    }

    private interface Answering {
        JsonNode answer(Call call) throws CommandException, InterruptedException;
    }

    private static Handler answering(Answering answering) {
        return call -> {
            try {
                return Answer.json(json.writeValueAsString(answering.answer(call)));
            } catch (CommandException e) {
                return e.answer();
            }
        };
    }

    private static JsonNode parse(Bytes payload) throws CommandException {
        if (payload.size() == 0) {
            return JsonNodeFactory.instance.objectNode();
        }
        try {
            var node = json.readTree(payload.unsafeArray());
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (IOException _) {
            // What was wrong is told below; the text of a stranger's JSON error helps nobody.
        }
        throw CommandException.arguments("the arguments are not a JSON object");
    }
}
