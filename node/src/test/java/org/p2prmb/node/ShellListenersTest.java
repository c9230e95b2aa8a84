package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.arguments;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.node.handlers.CommandException;
import org.p2prmb.protocols.contacts.OwnerBook;
import org.p2prmb.protocols.message.Access;
import org.p2prmb.protocols.message.AccessRule;
import org.p2prmb.protocols.message.Answer;
import org.p2prmb.protocols.message.Handlers;
import org.p2prmb.protocols.message.MessageServer;
import org.p2prmb.protocols.message.MessageSettings;
import org.p2prmb.protocols.message.Outcome;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Clients that answer commands for their agent, as `./rmb listen` does.
final class ShellListenersTest {
    @TempDir private Path directory;
    private TestAgents agents;
    private TestAgents.Home home;
    private Agent agent;
    private TestAgents.Client owner;

    @BeforeEach
    void start() throws IOException {
        agents = new TestAgents(directory);
        home = agents.home();
        agent = agents.start(home, TestAgents.config());
        owner = agents.client(home.owner(), agent);
    }

    @AfterEach
    void stopAll() {
        agents.close();
    }

    @Test
    void aListeningClientAnswersForwardedCallsUntilItLeaves() throws Exception {
        var listener = agents.client(home.owner(), agent);
        serve(listener, "greet", call -> Answer.json("{\"heard\": " + call + "}"));
        listener.ask(
                "handlers.listen", arguments().put("command", "greet").put("access", "anyone"));
        var stranger = agents.client(KeyPair.generate(TestAgents.RANDOM), agent);
        var heard = stranger.ask("greet", arguments().put("from", "afar")).path("heard");
        assertThat(heard.path("caller").asText()).isEqualTo(stranger.host().peerId().toString());
        assertThat(heard.path("command").asText()).isEqualTo("greet");
        var payload = Base64.getDecoder().decode(heard.path("payload").asText());
        assertThat(new String(payload, StandardCharsets.UTF_8)).isEqualTo("{\"from\":\"afar\"}");
        listener.host().close();
        Eventually.holds(
                "the command is free again", () -> agent.handlers().find("greet").isEmpty());
        refused(stranger.call("greet", "{}"), 404);
    }

    @Test
    void aListenersRefusalReachesTheCaller() throws Exception {
        var listener = agents.client(home.owner(), agent);
        serve(listener, "greet", _ -> new Answer.Declined(2_001, "not today"));
        listener.ask("handlers.listen", arguments().put("command", "greet"));
        refused(owner.call("greet", "{}"), 2_001);
        var stranger = agents.client(KeyPair.generate(TestAgents.RANDOM), agent);
        refused(stranger.call("greet", "{}"), 403);
    }

    @Test
    void aListenerThatServesNothingIsToldAsFailure() throws Exception {
        var listener = agents.client(home.owner(), agent);
        listener.ask("handlers.listen", arguments().put("command", "greet"));
        refused(owner.call("greet", "{}"), CommandException.FAILED);
        refused(owner.call("greet", "x".repeat(900_000)), CommandException.FAILED);
    }

    @Test
    void aCommandIsListenedToOnce() throws Exception {
        var greet = arguments().put("command", "greet");
        owner.ask("handlers.listen", greet);
        refusedWith("handlers.listen", greet, CommandException.ARGUMENTS);
        refusedWith(
                "handlers.listen", arguments().put("command", "echo"), CommandException.ARGUMENTS);
        refusedWith(
                "handlers.listen", arguments().put("command", "No!"), CommandException.ARGUMENTS);
        refusedWith(
                "handlers.listen",
                arguments().put("command", "other").put("access", "whoever"),
                CommandException.ARGUMENTS);
        refusedWith("handlers.listen", arguments(), CommandException.ARGUMENTS);
    }

    @Test
    void oneClientListensToSixtyFourCommandsAtMost() throws Exception {
        for (int i = 0; i < 64; i++) {
            owner.ask("handlers.listen", arguments().put("command", "command" + i));
        }
        refusedWith(
                "handlers.listen", arguments().put("command", "more"), CommandException.ARGUMENTS);
    }

    private interface Greeter {
        Answer answer(String call);
    }

    private static void serve(TestAgents.Client client, String command, Greeter greeter) {
        var agentKey = client.connection().remotePublicKey();
        var handlers =
                new Handlers()
                        .register(
                                command,
                                AccessRule.OWNER,
                                call -> greeter.answer(call.payload().toUtf8()));
        client.host()
                .handle(
                        MessageServer.PROTOCOL,
                        new MessageServer(
                                client.host().keys(),
                                List::of,
                                new Access(Set.of(agentKey), new NoOwners()),
                                handlers,
                                new FreshUids(),
                                new MonotonicClock(),
                                MessageSettings.defaults()));
    }

    private static final class NoOwners implements OwnerBook {
        @Override
        public Optional<Bytes> ownerRecord(PublicKey owner) {
            return Optional.empty();
        }

        @Override
        public boolean putOwnerRecord(
                PublicKey owner, long sequence, Bytes statement, Instant expires) {
            return false;
        }

        @Override
        public boolean putDelegation(PublicKey owner, PublicKey device, long sequence) {
            return false;
        }
    }

    private void refusedWith(String command, ObjectNode arguments, int code) {
        refused(owner.call(command, arguments.toString()), code);
    }

    private static void refused(Outcome outcome, int code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refusal -> assertThat(refusal.code()).as(refusal.text()).isEqualTo(code));
    }
}
