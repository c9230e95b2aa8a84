package org.p2prmb.node;

import org.p2prmb.libp2p.core.Host;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.handlers.Commands;
import org.p2prmb.node.handlers.ExecHandler;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.Header;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.MessageSettings;
import org.p2prmb.protocols.message.UidLog;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// All that an agent answers: its own commands, `echo`, shells that listen, configured programs.
final class AgentHandlers implements AutoCloseable {
    private final Handlers handlers = new Handlers();
    private final InstantSource clock;
    private final List<ExecHandler> programs = new ArrayList<>();

    /// Throws [UserException] when a configured handler has the name of a built-in one.
    AgentHandlers(Agent agent, Host host, MessageClient client, InstantSource clock) {
        this.clock = clock;
        var commands = new AgentCommands(agent).all();
        Commands.register(handlers, commands);
        handlers.register(
                "echo",
                AccessRule.ANYONE,
                call -> new Answer.Result(call.schema(), call.payload()));
        var listeners = new ShellListeners(handlers, client, clock);
        host.listen(listeners);
        Map<String, Command> listening = Map.of("handlers.listen", listeners::listen);
        Commands.register(handlers, listening);
        for (var handler : agent.config().handlers()) {
            if (handlers.find(handler.command()).isPresent()) {
                throw new UserException(
                        "%s is a command of the agent itself: give the handler another name"
                                .formatted(handler.command()));
            }
            programs.add(Commands.register(handlers, handler, commands, host.keys()));
        }
    }

    /// Answers messages with them from now on.
    MessageServer serve(Host host, OwnRecord own, Access access, UidLog uids) {
        // Handlers have limits of their own, and a call ends with its message.
        var settings = MessageSettings.defaults().withHandlerLimit(Header.EXPIRATION_MAX);
        var server =
                new MessageServer(
                        host.keys(), own::sealingKeys, access, handlers, uids, clock, settings);
        host.handle(MessageServer.PROTOCOL, server);
        return server;
    }

    Handlers all() {
        return handlers;
    }

    @Override
    public void close() {
        programs.forEach(ExecHandler::close);
    }
}
