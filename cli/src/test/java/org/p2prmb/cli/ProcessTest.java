package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The program as a process of its own: how it ends, and what a killed one leaves behind.
final class ProcessTest {
    @TempDir Path folder;
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endAll() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    void aTermSignalMakesAnAgentLeaveWithCodeZero() throws Exception {
        var process = start();
        assertThat(firstLine(process).path("peerId").asText()).isNotEmpty();
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(folder.resolve("home/agent.json")).doesNotExist();
    }

    @Test
    void aKilledAgentLeavesAStaleAddressAndItsHomeCanBeUsedAgain() throws Exception {
        var killed = start();
        var before = firstLine(killed).path("peerId").asText();
        killed.destroyForcibly();
        assertThat(killed.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(folder.resolve("home/agent.json")).exists();
        var asked = CommandRun.of("contacts", "--home", folder.resolve("home").toString());
        assertThat(asked.code()).isEqualTo(Rmb.USAGE);
        assertThat(asked.err()).contains("does not answer", "rmb node --home");

        var again = start();
        assertThat(firstLine(again).path("peerId").asText()).isEqualTo(before);
        var answered = CommandRun.of("contacts", "--home", folder.resolve("home").toString());
        assertThat(answered.code()).as(answered.err()).isZero();
    }

    @Test
    void aMistakeEndsTheProcessWithCodeTwo() throws Exception {
        var process = start("--listen", "nonsense");
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(Rmb.USAGE);
    }

    private Process start(String... options) throws IOException {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), Rmb.class.getName()));
        words.addAll(List.of("node", "--json", "--home", folder.resolve("home").toString()));
        if (options.length == 0) {
            words.addAll(List.of("--listen", "/ip4/127.0.0.1/tcp/0"));
        }
        words.addAll(List.of(options));
        var process =
                new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        started.add(process);
        return process;
    }

    private static ObjectNode firstLine(Process process) throws IOException {
        var out = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8);
        return Json.parseObject(new BufferedReader(out).readLine());
    }
}
