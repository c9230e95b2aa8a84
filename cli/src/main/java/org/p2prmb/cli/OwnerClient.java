package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.StreamHandler;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.node.config.Home;
import org.p2prmb.node.config.LogFormat;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.RunningAgent;
import org.p2prmb.node.config.UserException;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.message.ErrorCode;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// The owner's connection to the running agent of a home: commands as RMB messages, JSON both ways.
///
/// The Noise handshake proves the owner's key, so the agent knows whom it obeys.
final class OwnerClient implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(20);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Home home;
    private final Host host;
    private final Connection connection;
    private final MessageClient messages;
    private final CountDownLatch closed = new CountDownLatch(1);

    private OwnerClient(Home home, Host host, Connection connection) {
        this.home = home;
        this.host = host;
        this.connection = connection;
        this.messages = new MessageClient(host.keys(), new MonotonicClock());
        host.listen(
                new HostListener() {
                    @Override
                    public void disconnected(Connection lost) {
                        closed.countDown();
                    }
                });
        if (!connection.isOpen()) {
            closed.countDown();
        }
    }

    /// Throws [UserException] when no agent of this home runs.
    static OwnerClient open(RootCommand root) {
        var home = root.home();
        home.check();
        var agent = home.running().orElseThrow(() -> notRunning(home));
        var keys = HomeKeys.owner(home, root);
        root.startLogging(LogFormat.TEXT);
        return open(home, agent, keys);
    }

    /// Throws [UserException] when this agent does not answer.
    static OwnerClient open(Home home, RunningAgent agent, KeyPair keys) {
        Host host = null;
        try {
            host = TcpHost.start(HostConfig.defaults(keys).withListen(List.of()));
            var connection = host.connect(agent.peer(), agent.addresses(), CONNECT_LIMIT);
            return new OwnerClient(home, host, connection);
        } catch (IOException e) {
            if (host != null) {
                host.close();
            }
            throw new UserException(
                    "the agent of %s does not answer, it may have been killed: start it again%s"
                            .formatted(home.directory(), nodeCommand(home)),
                    e);
        }
    }

    ObjectNode ask(String command, ObjectNode arguments) {
        return ask(command, arguments, ASK_LIMIT);
    }

    /// Runs a command of the agent. Throws [UserException] when the agent says that the arguments
    /// are wrong, and [FailedException] when it could not do it.
    ObjectNode ask(String command, ObjectNode arguments, Duration limit) {
        var request =
                Request.to(
                                connection.remotePeer(),
                                command,
                                Bytes.utf8(Json.line(arguments)),
                                RANDOM)
                        .expiringAfter(limit);
        return switch (messages.call(connection, request)) {
            case Outcome.Answered(_, var payload) -> reply(payload);
            case Outcome.Refused(var code, var text) -> throw refused(code, text);
            case Outcome.Offline(var reason) -> throw lost(reason);
            case Outcome.Lost(var reason) -> throw lost(reason);
            case Outcome.Misanswered(var reason) -> throw lost(reason);
            case Outcome.Expired() ->
                    throw new FailedException(
                            "expired",
                            "the agent did not answer within %d s".formatted(limit.toSeconds()));
        };
    }

    /// Serves the messages that the agent forwards to us.
    void serve(StreamHandler messageServer) {
        host.handle(MessageServer.PROTOCOL, messageServer);
    }

    KeyPair keys() {
        return host.keys();
    }

    PublicKey agent() {
        return connection.remotePublicKey();
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /// Waits until the agent is gone.
    void awaitClosed() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        host.close();
    }

    private static ObjectNode reply(Bytes payload) {
        try {
            return Json.parseObject(payload.toUtf8());
        } catch (IllegalArgumentException e) {
            throw new FailedException("malformed", "the agent's reply cannot be read");
        }
    }

    private RuntimeException refused(int code, String text) {
        var said = Printed.line(text);
        if (code == ErrorCode.NOT_ALLOWED.number()) {
            return new UserException(
                    "the agent of %s obeys another owner than %s (%s)"
                            .formatted(home.directory(), home.ownerKey(), said));
        }
        if (code == CommandException.ARGUMENTS || code == CommandException.UNKNOWN) {
            return new UserException(said);
        }
        return new FailedException("refused", "the agent refused (%d: %s)".formatted(code, said));
    }

    private static FailedException lost(String reason) {
        return new FailedException("lost", "lost the agent (%s)".formatted(Printed.line(reason)));
    }

    private static UserException notRunning(Home home) {
        return new UserException(
                "no agent runs from %s: start one%s"
                        .formatted(home.directory(), nodeCommand(home)));
    }

    private static String nodeCommand(Home home) {
        return " with 'rmb node --home %s'".formatted(home.directory());
    }
}
