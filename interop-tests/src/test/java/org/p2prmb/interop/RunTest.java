package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `interop-tests/run matrix` between programs that stand in for the toolchains and for Maven.
final class RunTest {
    private static final String REPORT = "$(dirname \"$0\")/../interop-tests/target/matrix.txt";

    @TempDir private Path root;

    private record Outcome(int status, List<String> out, List<String> errors) {}

    @BeforeEach
    void copyTheScripts() throws IOException {
        for (var file :
                List.of(
                        "run",
                        "build-rust",
                        "build-js",
                        "rust-underlayer/Cargo.toml",
                        "js-peer/package.json")) {
            var copy = root.resolve("interop-tests").resolve(file);
            Files.createDirectories(copy.getParent());
            Files.copy(Path.of(file), copy);
            copy.toFile().setExecutable(!file.contains("/"));
        }
        program("cargo", "echo cargo 1.999.0");
        program("node", "echo v99.0.0");
        program("npm", "echo 99.0.0");
        program("mvn", "echo green > " + REPORT);
    }

    private void program(String name, String script) throws IOException {
        var program = root.resolve("bin").resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        program.toFile().setExecutable(true);
    }

    private Outcome run() throws IOException, InterruptedException {
        var out = root.resolve("out").toFile();
        var errors = root.resolve("errors").toFile();
        var script = root.resolve("interop-tests/run").toString();
        var builder =
                new ProcessBuilder(script, "matrix").redirectOutput(out).redirectError(errors);
        builder.environment().merge("PATH", root + "/bin", (path, ours) -> ours + ":" + path);
        builder.environment().remove("CI");
        var process = builder.start();
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(
                process.exitValue(),
                Files.readAllLines(out.toPath()),
                Files.readAllLines(errors.toPath()));
    }

    @Test
    void theReportIsPrinted() throws Exception {
        assertThat(run()).isEqualTo(new Outcome(0, List.of("green"), List.of()));
    }

    @Test
    void withoutCargoOneLineSaysSo() throws Exception {
        program("cargo", "exit 127");
        var outcome = run();
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.errors()).singleElement().asString().contains("cargo", "is needed");
        assertThat(outcome.out()).isEmpty();
    }

    @Test
    void withoutNodeOneLineSaysSo() throws Exception {
        program("node", "exit 127");
        var outcome = run();
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.errors()).singleElement().asString().contains("Node.js", "is needed");
    }

    @Test
    void aRunWithoutAReportFails() throws Exception {
        program("mvn", "exit 0");
        var outcome = run();
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.errors()).containsExactly("interop-tests: the matrix was not run");
    }

    @Test
    void aRunThatFailedFailsWithItsReport() throws Exception {
        program("mvn", "echo red > " + REPORT + "; exit 3");
        assertThat(run()).isEqualTo(new Outcome(3, List.of("red"), List.of()));
    }

    @Test
    void mavenIsToldToSkipNothing() throws Exception {
        program("mvn", "echo \"CI is $CI\" > " + REPORT);
        assertThat(run().out()).containsExactly("CI is true");
    }
}
