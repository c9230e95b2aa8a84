package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ReachConfig;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.RmbMessage;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/// An agent of a network with a relay: prints what it is and does, and ends with its standard input
/// or after a minute.
///
/// ```
/// DATA relay LISTEN         prints `self ADDRESS`
/// DATA hidden RELAY         prints `self PEER`, and `announced ADDRESS` once it has a place
/// DATA caller RELAY PEER    prints `answer TEXT` once PEER has answered
/// ```
final class RelayedAgentProgram {
    private static final Duration LIFE_MAX = Duration.ofMinutes(1);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(50);

    private RelayedAgentProgram() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var random = new SecureRandom();
        var keys = KeyPair.generate(random);
        var owner = KeyPair.generate(random).publicKey();
        var address = Multiaddr.parse(arguments[2]);
        var config =
                arguments[1].equals("relay")
                        ? AgentConfig.defaults()
                                .withListen(List.of(address))
                                .withReach(ReachConfig.defaults().withServe(true))
                        : AgentConfig.defaults()
                                .withListen(List.of())
                                .withBootstrap(List.of(address));
        var watched = Thread.ofVirtual().start(RelayedAgentProgram::untilInputEnds);
        try (var agent = Agent.start(config, keys, owner, Path.of(arguments[0]))) {
            switch (arguments[1]) {
                case "relay" -> say("self", agent.announced().getFirst().withPeer(keys.peerId()));
                case "hidden" -> {
                    say("self", keys.peerId());
                    until(watched, () -> !agent.announced().isEmpty());
                    say("announced", agent.announced().getFirst());
                }
                default -> {
                    var callee = PeerId.parse(arguments[3]);
                    until(watched, () -> knows(agent, callee));
                    say("answer", answer(agent, callee));
                }
            }
            var _ = watched.join(LIFE_MAX);
        }
    }

    private static boolean knows(Agent agent, PeerId peer) {
        return agent.contacts()
                .find(peer)
                .filter(contact -> !contact.addresses().isEmpty())
                .isPresent();
    }

    private static String answer(Agent agent, PeerId callee) throws InterruptedException {
        var hello = Bytes.utf8("\"hello\"");
        var limit = Duration.ofSeconds(20);
        var sent = agent.send(callee, "echo", RmbMessage.JSON, hello, limit, "");
        return sent.outcome() instanceof Outcome.Answered(_, var payload)
                ? payload.toUtf8()
                : sent.outcome().toString();
    }

    private static void say(String key, Object value) {
        System.out.println(key + " " + value);
    }

    private static void until(Thread watched, BooleanSupplier condition)
            throws InterruptedException {
        var end = System.nanoTime() + LIFE_MAX.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < end && !watched.join(LOOK_PAUSE)) {
            continue;
        }
    }

    private static void untilInputEnds() {
        try {
            var _ = System.in.readAllBytes();
        } catch (IOException e) {
            System.out.println("input: " + e.getMessage());
        }
    }
}
