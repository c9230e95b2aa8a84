package org.p2prmb.node.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.node.config.ExecConfig;
import org.p2prmb.protocols.message.AccessRule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Real programs: small scripts of the system's `sh`.
final class ExecHandlerTest {
    private static final Duration AMPLE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir private Path directory;

    @Test
    void theCallGoesInAndTheAnswerComesOut() throws Exception {
        var handler =
                handler(
                        """
                        read -r call
                        printf '{"answer": %s}\\n' "$call"
                        """);
        var answer = handler.answer(call("R2hlbnQ="));
        assertThat(answer.at("/call/payload").asText()).isEqualTo("R2hlbnQ=");
        assertThat(answer.at("/call/command").asText()).isEqualTo("test");
    }

    @Test
    void anAnswerWithoutReadingTheCallCounts() throws Exception {
        assertThat(handler("echo '{\"answer\": 11}'").answer(call("")).asInt()).isEqualTo(11);
        var large = call("x".repeat(1_000_000));
        assertThat(handler("echo '{\"answer\": 12}'").answer(large).asInt()).isEqualTo(12);
    }

    @Test
    void aLastLineWithoutItsEndCounts() throws Exception {
        assertThat(handler("printf '{\"answer\": [1, 2]}'").answer(call(""))).hasSize(2);
    }

    @Test
    void aLargeCallIsReadToItsEnd() throws Exception {
        var handler =
                handler(
                        """
                        read -r call
                        printf '{"answer": %s}\\n' "${#call}"
                        """);
        assertThat(handler.answer(call("x".repeat(500_000))).asInt()).isGreaterThan(500_000);
    }

    @Test
    void aGrantedCommandIsRunAndItsResultComesBack() throws Exception {
        var handler =
                handler(
                        """
                        read -r call
                        echo '{"command": "search.find", "arguments": {"tag": "barber"}}'
                        read -r first
                        echo '{"command": "search.find", "arguments": {"tag": "baker"}}'
                        read -r second
                        printf '{"answer": [%s, %s]}\\n' "$first" "$second"
                        """,
                        List.of("search.find"));
        var answer = handler.answer(call(""));
        assertThat(answer.at("/0/result/ran").asText()).isEqualTo("search.find");
        assertThat(answer.at("/0/result/arguments/tag").asText()).isEqualTo("barber");
        assertThat(answer.at("/1/result/arguments/tag").asText()).isEqualTo("baker");
    }

    @Test
    void withoutAGrantTheCommandIsRefusedAndTheProgramGoesOn() throws Exception {
        var handler =
                handler(
                        """
                        echo '{"command": "message.send", "arguments": {}}'
                        read -r call
                        read -r refusal
                        printf '{"answer": %s}\\n' "$refusal"
                        """,
                        List.of("search.find"));
        var error = handler.answer(call("")).path("error");
        assertThat(error.path("code").asInt()).isEqualTo(CommandException.NO_GRANT);
        assertThat(error.path("message").asText()).contains("message.send");
    }

    @Test
    void aCommandThatFailsIsToldToTheProgram() throws Exception {
        var script =
                """
                echo '{"command": "failing", "arguments": {}}'
                read -r call
                read -r refusal
                printf '{"answer": %s}\\n' "$refusal"
                """;
        var told = handler(script, List.of("failing")).answer(call("")).path("error");
        assertThat(told.path("code").asInt()).isEqualTo(CommandException.UNKNOWN);
        assertThat(told.path("message").asText()).isEqualTo("no such thing");
        var broken = script.replace("failing", "broken");
        var hidden = handler(broken, List.of("broken")).answer(call("")).path("error");
        assertThat(hidden.path("code").asInt()).isEqualTo(CommandException.FAILED);
        assertThat(hidden.path("message").asText()).doesNotContain("secret");
    }

    @Test
    void anErrorLineRefusesTheCallWithItsCode() throws Exception {
        refused(
                handler("echo '{\"error\": {\"code\": 2042, \"message\": \"no bread\"}}'"),
                2042,
                "no bread");
        refused(
                handler("echo '{\"error\": {\"code\": 403, \"message\": \"not ours\"}}'"),
                CommandException.FAILED,
                "not ours");
    }

    @Test
    void anEndWithoutAnAnswerNamesTheExitCode() throws Exception {
        refused(handler("exit 7"), CommandException.FAILED, "exit code 7");
        refused(handler("echo trouble >&2; exit 3"), CommandException.FAILED, "exit code 3");
    }

    @Test
    void aLineThatIsNoJsonObjectEndsTheCall() throws Exception {
        refused(handler("echo hello; sleep 60"), CommandException.FAILED, "no JSON");
        refused(handler("echo '[1]'; sleep 60"), CommandException.FAILED, "no JSON");
        refused(handler("echo '{}'; sleep 60"), CommandException.FAILED, "neither an answer");
        refused(handler("echo; sleep 60"), CommandException.FAILED, "no JSON");
    }

    @Test
    void theDeadlineKillsTheProgramAndItsChildren() throws Exception {
        var handler =
                handler(
                        """
                        echo $$ > parent
                        sleep 60 &
                        echo $! > child
                        wait
                        """,
                        SHORT);
        refused(handler, CommandException.LATE, "did not answer within");
        gone("parent");
        gone("child");
    }

    @Test
    void theDeadlineHoldsForAProgramThatDoesNotRead() throws Exception {
        var call = call("x".repeat(1_000_000));
        var handler = handler("sleep 60", SHORT);
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> handler.answer(call))
                .matches(refusal -> refusal.code() == CommandException.LATE);
    }

    @Test
    void theDeadlineEndsACommandThatTheProgramWaitsFor() throws Exception {
        var handler =
                handler(
                        """
                        echo '{"command": "endless", "arguments": {}}'
                        read -r call
                        read -r result
                        """,
                        SHORT,
                        List.of("endless"));
        refused(handler, CommandException.LATE, "did not answer within");
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aChildThatGotAwayHoldsNobodyUp() throws Exception {
        try {
            refused(handler(escaping("one") + "exit 4"), CommandException.FAILED, "exit code 4");
            refused(handler(escaping("two") + "sleep 60", SHORT), CommandException.LATE, "within");
        } finally {
            process("one").ifPresent(ProcessHandle::destroyForcibly);
            process("two").ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /// Leaves behind a child that has left the process tree and holds the pipes open.
    private static String escaping(String pidFile) {
        return "(sleep 60 & echo $! > %s)\n".formatted(pidFile);
    }

    @Test
    void whatStillRunsAfterTheAnswerIsKilled() throws Exception {
        var handler =
                handler(
                        """
                        sleep 60 &
                        echo $! > child
                        echo '{"answer": true}'
                        wait
                        """);
        assertThat(handler.answer(call("")).asBoolean()).isTrue();
        gone("child");
    }

    @Test
    void tooMuchOutputEndsTheCall() throws Exception {
        var command = "{\"command\": \"search.find\", \"padding\": \"%s\"}";
        refused(
                handler("while :; do echo '" + command.formatted("x".repeat(4_000)) + "'; done"),
                CommandException.FAILED,
                "too much");
        refused(
                handler("while :; do printf xxxxxxxxxxxxxxxx; done"),
                CommandException.FAILED,
                "too much");
    }

    @Test
    void errorOutputIsDroppedHoweverMuchThereIs() throws Exception {
        var handler =
                handler(
                        """
                        i=0
                        while [ $i -lt 3000 ]; do
                            echo 'a line of about fifty bytes for the error output' >&2
                            i=$((i + 1))
                        done
                        echo '{"answer": "done"}'
                        """);
        assertThat(handler.answer(call("")).asText()).isEqualTo("done");
    }

    @Test
    void aMissingProgramIsTold() {
        var config = ExecConfig.of("test", directory.resolve("missing").toString(), List.of());
        refused(
                new ExecHandler(config, this::underlayer),
                CommandException.FAILED,
                "could not be started");
    }

    @Test
    void anInterruptKillsTheProgram() throws Exception {
        var handler = handler("echo $$ > parent; sleep 60");
        var task = new FutureTask<>(() -> handler.answer(call("")));
        var thread = Thread.ofVirtual().start(task);
        Eventually.holds("the program runs", () -> process("parent").isPresent());
        thread.interrupt();
        thread.join();
        gone("parent");
    }

    @Test
    void closingKillsWhatRunsAndStartsNoMore() throws Exception {
        var handler = handler("echo $$ > parent; sleep 60");
        var task = new FutureTask<>(() -> handler.answer(call("")));
        var thread = Thread.ofVirtual().start(task);
        Eventually.holds("the program runs", () -> process("parent").isPresent());
        handler.close();
        thread.join();
        gone("parent");
        refused(handler, CommandException.FAILED, "closing");
    }

    @Test
    void thePassphraseIsNotInTheProgramsEnvironment() throws Exception {
        var handler = handler("printf '{\"answer\": \"%s\"}\\n' \"${RMB_PASSPHRASE-unset}\"");
        assertThat(handler.answer(call("")).asText()).isEqualTo("unset");
    }

    private final CountDownLatch interrupted = new CountDownLatch(1);

    private JsonNode underlayer(String command, JsonNode arguments)
            throws CommandException, InterruptedException {
        switch (command) {
            case "failing" -> throw new CommandException(CommandException.UNKNOWN, "no such thing");
            case "broken" -> throw new IllegalStateException("secret");
            case "endless" -> {
                try {
                    new CountDownLatch(1).await();
                } finally {
                    interrupted.countDown();
                }
            }
            default -> {}
        }
        return JsonNodeFactory.instance
                .objectNode()
                .put("ran", command)
                .set("arguments", arguments);
    }

    private void refused(ExecHandler handler, int code, String text) {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> handler.answer(call("")))
                .withMessageContaining(text)
                .matches(refusal -> refusal.code() == code, "code " + code);
    }

    private void gone(String pidFile) {
        Eventually.holds(pidFile + " is gone", () -> process(pidFile).isEmpty());
    }

    /// The living process whose id is in the file, if both exist.
    private Optional<ProcessHandle> process(String pidFile) {
        try {
            var file = directory.resolve(pidFile);
            var text = Files.exists(file) ? Files.readString(file).strip() : "";
            return text.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(text)).filter(ProcessHandle::isAlive);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private ExecHandler handler(String script) throws IOException {
        return handler(script, AMPLE, List.of("search.find"));
    }

    private ExecHandler handler(String script, Duration deadline) throws IOException {
        return handler(script, deadline, List.of());
    }

    private ExecHandler handler(String script, List<String> grants) throws IOException {
        return handler(script, AMPLE, grants);
    }

    private ExecHandler handler(String script, Duration deadline, List<String> grants)
            throws IOException {
        var file = Files.createTempFile(directory, "handler", ".sh");
        Files.writeString(file, "cd '" + directory + "'\n" + script);
        var config =
                new ExecConfig(
                        "test",
                        "/bin/sh",
                        List.of(file.toString()),
                        AccessRule.OWNER,
                        deadline,
                        ExecConfig.OUTPUT_MAX,
                        grants);
        return new ExecHandler(config, this::underlayer);
    }

    private static ObjectNode call(String payload) {
        return JsonNodeFactory.instance.objectNode().put("command", "test").put("payload", payload);
    }
}
