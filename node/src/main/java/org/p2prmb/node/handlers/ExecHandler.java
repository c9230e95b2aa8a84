package org.p2prmb.node.handlers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.ExecConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A command answered by a program of the owner's, which speaks lines of JSON.
///
/// ```
/// agent  -> program   {"call": {"command": …, "caller": …, "schema": …, "payload": …}}
/// program -> agent    {"command": "search.find", "arguments": {…}}    as often as it likes
/// agent  -> program   {"result": {…}}  or  {"error": {"code": …, "message": …}}
/// program -> agent    {"answer": …}    or  {"error": {"code": …, "message": …}}    ends the call
/// ```
///
/// The program runs without a shell. When the deadline or the output cap is passed it is killed
/// with its children, and the caller is told which of the two it was.
public final class ExecHandler {
    private static final Logger log = LoggerFactory.getLogger(ExecHandler.class);
    private static final ObjectMapper json = new ObjectMapper();
    private static final int ERROR_TEXT_MAX = 4_096;

    private final ExecConfig config;
    private final Underlayer underlayer;

    /// @param underlayer runs the commands that the program asks for
    public ExecHandler(ExecConfig config, Underlayer underlayer) {
        this.config = config;
        this.underlayer = underlayer;
    }

    /// Where the commands of a program are run.
    @FunctionalInterface
    public interface Underlayer {
        JsonNode run(String command, JsonNode arguments)
                throws CommandException, InterruptedException;
    }

    /// Runs the program on one call and returns its answer.
    public JsonNode answer(ObjectNode call) throws CommandException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(commandLine()).start();
        } catch (IOException e) {
            log.warn("handler {} did not start: {}", config.program(), e.getMessage());
            throw new CommandException(CommandException.FAILED, "the handler could not be started");
        }
        var why = new AtomicReference<@Nullable String>();
        var done = new CountDownLatch(1);
        var watch = Thread.startVirtualThread(() -> killWhenLate(process, done, why));
        var errors = Thread.startVirtualThread(() -> drainErrors(process));
        try {
            return converse(process, call);
        } catch (IOException e) {
            throw ended(process, why.get(), e);
        } finally {
            done.countDown();
            kill(process);
            watch.join();
            errors.join();
        }
    }

    private List<String> commandLine() {
        var line = new ArrayList<String>();
        line.add(config.program());
        line.addAll(config.args());
        return line;
    }

    private JsonNode converse(Process process, ObjectNode call)
            throws IOException, CommandException, InterruptedException {
        var in = process.getOutputStream();
        var lines = new BoundedLines(process.getInputStream(), config.outputMax());
        writeLine(in, JsonNodeFactory.instance.objectNode().set("call", call));
        while (true) {
            var line = parse(lines.next());
            if (line.has("answer")) {
                return line.get("answer");
            }
            if (line.has("error")) {
                var error = line.get("error");
                throw new CommandException(
                        error.path("code").asInt(CommandException.FAILED),
                        error.path("message").asText("the handler refused"));
            }
            writeLine(in, run(line));
        }
    }

    private ObjectNode run(JsonNode line) throws InterruptedException, CommandException {
        var command = line.path("command").asText("");
        var reply = JsonNodeFactory.instance.objectNode();
        if (command.isEmpty()) {
            throw new CommandException(
                    CommandException.FAILED, "the handler wrote neither an answer nor a command");
        }
        try {
            if (!config.grants().contains(command)) {
                throw new CommandException(
                        CommandException.NO_GRANT, "this handler has no grant for " + command);
            }
            reply.set("result", underlayer.run(command, line.path("arguments")));
        } catch (CommandException e) {
            reply.putObject("error").put("code", e.code()).put("message", e.getMessage());
        }
        return reply;
    }

    private static JsonNode parse(String line) throws CommandException {
        try {
            var node = json.readTree(line);
            if (node != null && node.isObject()) {
                return node;
            }
        } catch (JsonProcessingException e) {
            log.debug("a handler wrote a line that is no JSON: {}", e.getOriginalMessage());
        }
        throw new CommandException(
                CommandException.FAILED, "the handler wrote a line that is no JSON");
    }

    private static void writeLine(OutputStream out, JsonNode line) throws IOException {
        out.write((json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void killWhenLate(
            Process process, CountDownLatch done, AtomicReference<@Nullable String> why) {
        try {
            if (!done.await(config.deadline().toNanos(), TimeUnit.NANOSECONDS)) {
                why.set("the handler did not answer within " + config.deadline());
                kill(process);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void drainErrors(Process process) {
        var text = new byte[ERROR_TEXT_MAX];
        try (var errors = process.getErrorStream()) {
            var length = errors.readNBytes(text, 0, text.length);
            if (length > 0) {
                log.debug("handler {} wrote {} bytes of errors", config.command(), length);
            }
            errors.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            log.debug("a handler's error output ended: {}", e.getMessage());
        }
    }

    private static CommandException ended(Process process, @Nullable String late, IOException cause)
            throws InterruptedException {
        if (late != null) {
            return new CommandException(CommandException.LATE, late);
        }
        if (cause instanceof BoundedLines.TooMuchException) {
            return new CommandException(CommandException.FAILED, "the handler wrote too much");
        }
        var exited = process.waitFor(1, TimeUnit.SECONDS);
        return new CommandException(
                CommandException.FAILED,
                exited
                        ? "the handler ended without an answer, exit code " + process.exitValue()
                        : "the handler closed its output without an answer");
    }

    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
