package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// rust-libp2p in the comparison: `rust-bench` (interop-tests/rust-peer) as server and as client,
/// and `rust-gossip`.
final class RustContender implements Contender {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROGRAMS = "rmb.rustPrograms";

    private final ChildProcess server;
    private final ChildProcess client;
    private final String address;

    RustContender() throws IOException {
        server = start();
        address = addressOf(server);
        client = start();
        addressOf(client); // It serves, too, though nobody asks it.
    }

    private static ChildProcess start() throws IOException {
        return program("rust-bench");
    }

    private static ChildProcess program(String name) throws IOException {
        var folder = System.getProperty(PROGRAMS);
        if (folder == null) {
            throw new IOException(
                    "benchmarks/run builds the Rust peer and names its folder with " + PROGRAMS);
        }
        return new ChildProcess(List.of(Path.of(folder, name).toString()));
    }

    private static String addressOf(ChildProcess process) throws IOException {
        return JSON.readTree(process.line()).get("address").asText();
    }

    private JsonNode ask(String command, Map<String, ?> fields) throws IOException {
        var question = JSON.createObjectNode().put("cmd", command).put("address", address);
        fields.forEach((name, value) -> question.set(name, JSON.valueToTree(value)));
        var answer = JSON.readTree(client.ask(question.toString()));
        if (!answer.get("event").asText().equals("answer")) {
            throw new IOException("the Rust peer failed: " + answer);
        }
        return answer;
    }

    private double seconds(String command, Map<String, ?> fields) throws IOException {
        return ask(command, fields).get("seconds").asDouble();
    }

    @Override
    public double perfSeconds(long up, long down) throws IOException {
        return seconds("perf", Map.of("up", up, "down", down));
    }

    @Override
    public double connectionSeconds(int dialers, int each) throws IOException {
        return seconds("connections", Map.of("dialers", dialers, "each", each));
    }

    @Override
    public Latency latency(int requests) throws IOException {
        var answer = ask("requests", Map.of("count", requests, "in_flight", 1));
        return new Latency(
                answer.get("p50Nanos").asLong() / 1e6, answer.get("p99Nanos").asLong() / 1e6);
    }

    @Override
    public double requestSeconds(int inFlight, int requests) throws IOException {
        return seconds("requests", Map.of("count", requests, "in_flight", inFlight));
    }

    @Override
    public double gossipRate() throws IOException {
        return GossipRate.of(program("rust-gossip"));
    }

    @Override
    public Idle idle() throws IOException {
        var process = start();
        var listening = addressOf(process);
        return new Idle() {
            @Override
            public String address() {
                return listening;
            }

            @Override
            public long residentBytes() throws IOException {
                return Measured.residentBytes(process.pid());
            }

            @Override
            public void close() throws IOException {
                process.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
