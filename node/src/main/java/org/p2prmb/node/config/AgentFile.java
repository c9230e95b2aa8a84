package org.p2prmb.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/// The form of `agent.json`: `{"peerId", "addresses", "process", "startedAt"}`.
final class AgentFile {
    private static final int BYTES_MAX = 64 * 1024;
    private static final JsonMapper JSON = new JsonMapper();

    private AgentFile() {}

    static String write(RunningAgent agent) {
        var root = JSON.createObjectNode();
        root.put("peerId", agent.peer().toString());
        var addresses = root.putArray("addresses");
        agent.addresses().forEach(address -> addresses.add(address.toString()));
        root.put("process", agent.process());
        root.put("startedAt", agent.startedAt().toString());
        return root + "\n";
    }

    /// Empty when the agent removed the file in this moment.
    static Optional<RunningAgent> read(Path file) throws IOException {
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException("too large");
        }
        try {
            return Optional.of(parse(JSON.readTree(Files.readString(file))));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            throw new IOException("not what an agent writes", e);
        }
    }

    private static RunningAgent parse(JsonNode root) {
        var addresses = new ArrayList<Multiaddr>();
        root.path("addresses").forEach(node -> addresses.add(Multiaddr.parse(node.asText())));
        return new RunningAgent(
                PeerId.parse(root.path("peerId").asText()),
                addresses,
                root.path("process").asLong(),
                Instant.parse(root.path("startedAt").asText()));
    }
}
