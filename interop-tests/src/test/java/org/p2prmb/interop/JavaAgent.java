package org.p2prmb.interop;

import static org.awaitility.Awaitility.await;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.Agent;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.statements.Offering;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/// A whole agent of ours, as a user runs it, with a store of its own.
final class JavaAgent implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Agent agent;
    private final JavaPeer peer;

    private JavaAgent(Agent agent) {
        this.agent = agent;
        this.peer = JavaPeer.over(agent.host());
    }

    /// Starts an agent on a free port of the loopback interface, with its store below `directory`.
    static JavaAgent start(Path directory, Offering... offerings) throws IOException {
        return start(directory, config().withOfferings(List.of(offerings)));
    }

    /// An agent that looks for no neighbours beyond its first.
    static JavaAgent startAlone(Path directory, Offering... offerings) throws IOException {
        var config = config().withOfferings(List.of(offerings)).withNeighboursMax(1);
        return start(directory, config);
    }

    /// An agent that renews its lease, and doubts the silent, every second.
    static JavaAgent startRestless(Path directory) throws IOException {
        return start(directory, config().withImAliveInterval(Duration.ofSeconds(1)));
    }

    private static AgentConfig config() {
        return AgentConfig.defaults().withListen(List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
    }

    private static JavaAgent start(Path directory, AgentConfig config) throws IOException {
        var keys = KeyPair.generate(RANDOM);
        var owner = KeyPair.generate(RANDOM).publicKey();
        return new JavaAgent(
                Agent.start(config, keys, owner, directory.resolve(keys.peerId().toString())));
    }

    Agent agent() {
        return agent;
    }

    JavaPeer peer() {
        return peer;
    }

    String id() {
        return agent.peerId().toString();
    }

    /// Connects the two and waits until each has the other's contact record.
    void meet(Dialer dialer, PeerProcess rust) throws IOException, InterruptedException {
        dialer.connect(peer, rust);
        rust.await("contactsServed", event -> event.get("peer").asText().equals(id()));
        await().atMost(Arrivals.PATIENCE).until(() -> knows(rust));
    }

    /// The peer is a contact that is believed to be alive.
    boolean knows(PeerProcess rust) {
        return agent.contacts()
                .find(rust.peerId())
                .filter(contact -> contact.record().size() > 0)
                .map(Contact::hidden)
                .filter(hidden -> !hidden)
                .isPresent();
    }

    @Override
    public void close() {
        agent.close();
    }
}
