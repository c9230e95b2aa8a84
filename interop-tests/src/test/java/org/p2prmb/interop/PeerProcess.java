package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A process of a peer of another implementation: takes commands, reports events, and is ended by
/// [#close] in any case. The READMEs of `rust-underlayer` and `js-peer` list both.
final class PeerProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long EXIT_SECONDS_MAX = 5;

    private final String name;
    private final Process process;
    private final BufferedWriter commands;
    private final Arrivals<JsonNode> events;
    private final Multiaddr address;
    private int asked;
    private boolean killed;

    private PeerProcess(String name, Process process) throws InterruptedException {
        this.name = name;
        this.process = process;
        this.commands = process.outputWriter();
        this.events = new Arrivals<>(name);
        // Platform threads: reading a pipe would hold on to a virtual thread's carrier.
        Thread.ofPlatform().daemon().name("peer-events").start(this::readEvents);
        this.address = Multiaddr.parse(await("listening").get("address").asText());
    }

    /// Starts a peer on a free port of the loopback interface.
    ///
    /// @param name what failures call it
    static PeerProcess start(String name, List<String> command)
            throws IOException, InterruptedException {
        var process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            return new PeerProcess(name, process);
        } catch (AssertionError | InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private void readEvents() {
        try (var lines = new BufferedReader(process.inputReader())) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                events.add(JSON.readTree(line));
            }
            events.end("the process ended");
        } catch (IOException e) {
            events.end(e.toString());
        }
    }

    PeerId peerId() {
        return address.peer().orElseThrow();
    }

    /// Where it listens, with `/p2p`.
    Multiaddr address() {
        return address;
    }

    /// Sends a command and waits for what it gave; fails when that is an error.
    JsonNode ask(String command, Map<String, ?> fields) throws IOException, InterruptedException {
        var event = outcome(command, fields);
        assertThat(event.get("event").asText()).as("outcome %s", event).isNotEqualTo("error");
        return event;
    }

    /// Sends a command that must fail; the reason.
    String refusal(String command, Map<String, ?> fields) throws IOException, InterruptedException {
        var event = outcome(command, fields);
        assertThat(event.get("event").asText()).as("outcome %s", event).isEqualTo("error");
        return event.get("reason").asText();
    }

    private JsonNode outcome(String command, Map<String, ?> fields)
            throws IOException, InterruptedException {
        var id = ++asked;
        send(command, fields, id);
        return events.await("outcome of " + command, event -> event.path("id").asInt() == id);
    }

    /// Sends a command that gets no answer.
    void tell(String command, Map<String, ?> fields) throws IOException {
        send(command, fields, 0);
    }

    private void send(String command, Map<String, ?> fields, int id) throws IOException {
        var line = JSON.createObjectNode().put("cmd", command).put("id", id);
        fields.forEach((name, value) -> line.set(name, JSON.valueToTree(value)));
        commands.write(line.toString());
        commands.write('\n');
        commands.flush();
    }

    /// The next event of this name.
    JsonNode await(String name) throws InterruptedException {
        return await(name, _ -> true);
    }

    JsonNode await(String name, Predicate<JsonNode> wanted) throws InterruptedException {
        return events.await(
                name, event -> event.path("event").asText().equals(name) && wanted.test(event));
    }

    /// Events of this name that nobody awaited yet.
    List<JsonNode> seen(String name) {
        return events.seen(event -> event.path("event").asText().equals(name));
    }

    /// Drops the events that nobody awaited.
    void forget() {
        events.clear();
    }

    /// Ends the process as a crash would.
    void kill() throws InterruptedException {
        killed = true;
        process.destroyForcibly();
        process.waitFor();
    }

    /// Lets the process end in good order, or ends it; fails when it had failed.
    @Override
    public void close() {
        if (killed) {
            return;
        }
        try {
            commands.close(); // The end of its input is its end.
            var ended = process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS);
            assertThat(ended).as("%s ends with its input", name).isTrue();
            assertThat(process.exitValue()).as("the exit code of %s", name).isZero();
        } catch (IOException e) {
            throw new AssertionError(name + " had ended before", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
