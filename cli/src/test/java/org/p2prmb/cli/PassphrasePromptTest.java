package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.ledgers.testing.Program;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A person at a terminal, which `script` (bsdutils, on every Debian) makes, types the passphrase
/// of a wallet.
@Timeout(180) // A prompt that never comes shows as a test that hangs.
@Program.Needed(Program.SCRIPT)
final class PassphrasePromptTest {
    private static final int SECONDS_MAX = 60;
    private static final int TEXT_MAX = 64 * 1024;

    @TempDir Path folder;
    private Optional<Process> process = Optional.empty();
    private final StringBuilder shown = new StringBuilder();

    @BeforeEach
    void init() {
        assertThat(CommandRun.of("init", "--home", home()).code()).isZero();
    }

    @AfterEach
    void end() {
        process.ifPresent(Process::destroyForcibly);
    }

    private String home() {
        return folder.resolve("home").toString();
    }

    /// The words go by the environment, so that no shell reads them.
    private Process begin(String words) throws IOException {
        var builder =
                new ProcessBuilder(
                        Program.SCRIPT.found().getFirst(),
                        "-qec",
                        "exec \"$JAVA\" -cp \"$CLASSES\" %s %s --home \"$RMB\""
                                .formatted(Rmb.class.getName(), words),
                        "/dev/null");
        var environment = builder.environment();
        environment.put("JAVA", Path.of(System.getProperty("java.home"), "bin/java").toString());
        environment.put("CLASSES", System.getProperty("java.class.path"));
        environment.put("RMB", home());
        environment.put("SHELL", "/bin/sh");
        var started = builder.redirectErrorStream(true).start();
        process = Optional.of(started);
        return started;
    }

    /// Reads what the terminal shows until it ends with this.
    private void awaits(Process running, String prompt) throws IOException {
        var from = shown.length();
        while (!shown.substring(from).endsWith(prompt)) {
            int read = running.getInputStream().read();
            assertThat(read).as("it ended after: " + shown).isNotNegative();
            assertThat(shown.length()).isLessThan(TEXT_MAX);
            shown.append((char) read);
        }
    }

    private static void type(Process running, String line) throws IOException {
        Writer keys = running.outputWriter(StandardCharsets.UTF_8);
        keys.write(line + "\n");
        keys.flush();
    }

    private int end(Process running) throws IOException, InterruptedException {
        shown.append(new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        assertThat(running.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        return running.exitValue();
    }

    private int create(String first, String second) throws IOException, InterruptedException {
        var running = begin("wallet create");
        awaits(running, "New passphrase of the wallet: ");
        type(running, first);
        awaits(running, "The same again: ");
        type(running, second);
        return end(running);
    }

    @Test
    void aWalletIsSealedWithWhatIsTypedTwiceAndOpenedWithTheSame()
            throws IOException, InterruptedException {
        assertThat(create("battery", "battery")).as(shown::toString).isZero();
        var running = begin("wallet backup --phrase");
        awaits(running, "Passphrase of the wallet: ");
        type(running, "battery");
        assertThat(end(running)).as(shown::toString).isZero();
        assertThat(shown).doesNotContain("battery");
        running = begin("wallet backup --phrase");
        awaits(running, "Passphrase of the wallet: ");
        type(running, "staple");
        assertThat(end(running)).as(shown::toString).isNotZero();
    }

    @Test
    void whatIsTypedOtherwiseTheSecondTimeSealsNothing() throws IOException, InterruptedException {
        assertThat(create("battery", "batteries")).as(shown::toString).isEqualTo(Rmb.USAGE);
        assertThat(shown).contains("the two passphrases differ").doesNotContain("batter");
        assertThat(create("battery", "battery")).as(shown::toString).isZero();
    }
}
