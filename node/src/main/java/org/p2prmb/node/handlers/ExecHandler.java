package org.p2prmb.node.handlers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.node.config.ExecConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/// A command answered by a program of the owner's, which speaks lines of JSON.
///
/// ```
/// agent  -> program   {"call": {"command": …, "caller": …, "schema": …, "payload": …}}
/// program -> agent    {"command": "search.find", "arguments": {…}}    as often as it likes
/// agent  -> program   {"result": {…}}  or  {"error": {"code": …, "message": …}}
/// program -> agent    {"answer": …}    or  {"error": {"code": …, "message": …}}    ends the call
/// ```
///
/// The program runs without a shell. When the call is over, however it ends, the program and its
/// children are killed; when the deadline or the output cap was passed, the caller is told which.
public final class ExecHandler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ExecHandler.class);
    private static final ObjectMapper json = new ObjectMapper();

    private final ExecConfig config;
    private final Underlayer underlayer;

    /// Bounded by the calls that are served at once.
    private final Set<Program> running = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

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

    /// Runs the program on one call and returns its answer. An interrupt ends it at once.
    public JsonNode answer(ObjectNode call) throws CommandException, InterruptedException {
        try (var program = start()) {
            running.add(program);
            if (closed) {
                throw new CommandException(CommandException.FAILED, "the handler is closing");
            }
            try {
                return converse(program, call);
            } catch (Program.LateException _) {
                throw new CommandException(
                        CommandException.LATE,
                        "the handler did not answer within " + config.deadline());
            } catch (BoundedLines.TooMuchException _) {
                throw new CommandException(CommandException.FAILED, "the handler wrote too much");
            } catch (EOFException _) {
                throw new CommandException(
                        CommandException.FAILED,
                        "the handler ended without an answer, exit code " + program.exitCode());
            } catch (IOException e) {
                log.warn("the output of handler {} is lost: {}", config.command(), e.getMessage());
                throw new CommandException(CommandException.FAILED, "the handler failed");
            } finally {
                running.remove(program);
                if (program.errorBytes() > 0) {
                    log.debug(
                            "handler {} wrote {} bytes of errors",
                            config.command(),
                            program.errorBytes());
                }
            }
        }
    }

    private Program start() throws CommandException {
        try {
            return Program.start(commandLine(), config.outputMax(), config.deadline());
        } catch (IOException e) {
            log.warn("handler {} did not start: {}", config.program(), e.getMessage());
            throw new CommandException(CommandException.FAILED, "the handler could not be started");
        }
    }

    private List<String> commandLine() {
        var line = new ArrayList<String>();
        line.add(config.program());
        line.addAll(config.args());
        return line;
    }

    private JsonNode converse(Program program, ObjectNode call)
            throws IOException, CommandException, Program.LateException, InterruptedException {
        program.send(text(JsonNodeFactory.instance.objectNode().set("call", call)));
        while (true) {
            var line = parse(program.receive());
            if (line.has("answer")) {
                return line.get("answer");
            }
            if (line.has("error")) {
                var error = line.get("error");
                throw new CommandException(
                        error.path("code").asInt(CommandException.FAILED),
                        error.path("message").asText("the handler refused"));
            }
            program.send(text(run(program, line)));
        }
    }

    private ObjectNode run(Program program, JsonNode line)
            throws CommandException, Program.LateException, InterruptedException {
        var command = line.path("command").asText("");
        if (command.isEmpty()) {
            throw new CommandException(
                    CommandException.FAILED, "the handler wrote neither an answer nor a command");
        }
        var reply = JsonNodeFactory.instance.objectNode();
        if (!config.grants().contains(command)) {
            return failed(
                    reply, CommandException.NO_GRANT, "this handler has no grant for " + command);
        }
        try {
            var result = program.inTime(() -> underlayer.run(command, line.path("arguments")));
            return reply.set("result", result);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CommandException refusal) {
                return failed(reply, refusal.code(), String.valueOf(refusal.getMessage()));
            }
            log.warn("command {} failed for a handler", command, e.getCause());
            return failed(reply, CommandException.FAILED, "the command failed");
        }
    }

    private static ObjectNode failed(ObjectNode reply, int code, String message) {
        reply.putObject("error").put("code", code).put("message", message);
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

    private static String text(JsonNode line) {
        try {
            return json.writeValueAsString(line);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot be written", e);
        }
    }

    /// Kills the programs that run, and starts no more.
    @Override
    public void close() {
        closed = true;
        running.forEach(Program::close);
    }
}
