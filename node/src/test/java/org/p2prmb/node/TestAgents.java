package org.p2prmb.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.transport.Resolver;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.ReputationConfig;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.message.MessageClient;
import org.p2prmb.protocols.message.Outcome;
import org.p2prmb.protocols.message.Request;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/// Real agents over loopback TCP, each with its own store, and clients of them; closed together.
final class TestAgents implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final SecureRandom RANDOM = new SecureRandom();

    private static final ObjectMapper json = new ObjectMapper();

    private final Path directory;
    private final Deque<Runnable> open = new ConcurrentLinkedDeque<>();

    TestAgents(Path directory) {
        this.directory = directory;
    }

    /// What an agent has for ever.
    record Home(KeyPair keys, KeyPair owner, Path data) {}

    Home home() {
        var keys = KeyPair.generate(RANDOM);
        var data = directory.resolve(keys.peerId().toString());
        return new Home(keys, KeyPair.generate(RANDOM), data);
    }

    Agent start(Agent... bootstrap) throws IOException {
        return start(config(bootstrap));
    }

    Agent start(AgentConfig config) throws IOException {
        return start(home(), config);
    }

    Agent start(Home home, AgentConfig config) throws IOException {
        var agent = Agent.start(config, home.keys(), home.owner().publicKey(), home.data());
        open.push(agent::close);
        return agent;
    }

    Agent start(Home home, AgentConfig config, Chains chains) throws IOException {
        var owner = home.owner().publicKey();
        var agent = Agent.start(config, home.keys(), owner, home.data(), chains);
        open.push(agent::close);
        return agent;
    }

    Agent start(Home home, AgentConfig config, Resolver resolver) throws IOException {
        var agent =
                Premises.start(
                        config,
                        home.keys(),
                        home.owner().publicKey(),
                        home.data(),
                        Chains.none(Clock.systemUTC()),
                        resolver);
        open.push(agent::close);
        return agent;
    }

    static AgentConfig config(Agent... bootstrap) {
        var addresses = new ArrayList<Multiaddr>();
        for (var agent : bootstrap) {
            addresses.add(reachableAt(agent));
        }
        return AgentConfig.defaults()
                .withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")))
                .withBootstrap(addresses)
                .withReputation(ReputationConfig.defaults().withStampDifficulty(0))
                .withImAliveInterval(Duration.ofSeconds(1));
    }

    static Multiaddr reachableAt(Agent agent) {
        return agent.addresses().getFirst().withPeer(agent.peerId());
    }

    /// A host that is no agent.
    TcpHost host(KeyPair keys) throws IOException {
        var listen = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        var host = TcpHost.start(HostConfig.defaults(keys).withListen(listen));
        open.push(host::close);
        return host;
    }

    /// A connected client that holds `keys`.
    Client client(KeyPair keys, Agent agent) throws IOException {
        var host = host(keys);
        return new Client(host, host.connect(agent.peerId(), agent.addresses(), PATIENCE));
    }

    /// Sends commands as `./rmb` does.
    record Client(Host host, Connection connection) {
        Outcome call(Request request) {
            return new MessageClient(host.keys(), new MonotonicClock()).call(connection, request);
        }

        Outcome call(String command, String payload) {
            return call(request(command, payload));
        }

        Request request(String command, String payload) {
            return Request.to(connection.remotePeer(), command, Bytes.utf8(payload), RANDOM)
                    .expiringAfter(PATIENCE);
        }

        /// The JSON result; fails when there is none.
        JsonNode ask(String command, ObjectNode arguments) throws IOException {
            var outcome = call(command, arguments.toString());
            if (outcome instanceof Outcome.Answered(_, var payload)) {
                return json.readTree(payload.unsafeArray());
            }
            throw new AssertionError(command + ": " + outcome);
        }
    }

    static ObjectNode arguments() {
        return JsonNodeFactory.instance.objectNode();
    }

    static boolean knows(Agent agent, PeerId peer) {
        return agent.contacts().find(peer).filter(contact -> !contact.hidden()).isPresent();
    }

    static boolean knowsRecord(Agent agent, PeerId peer) {
        return agent.contacts()
                .find(peer)
                .filter(contact -> !contact.hidden() && contact.record().size() > 0)
                .isPresent();
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().run();
        }
    }
}
