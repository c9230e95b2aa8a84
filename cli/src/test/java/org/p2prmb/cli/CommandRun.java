package org.p2prmb.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// One command line run inside the test, with its own streams.
final class CommandRun implements Shell.Ending {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final Shell shell;

    private CommandRun(Map<String, String> environment, InputStream in) {
        this.shell =
                new Shell(
                        in,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        environment,
                        false,
                        this);
    }

    /// What one command line did.
    record Result(int code, String out, String err) {}

    static Result of(String... words) {
        return of(Map.of(), "", words);
    }

    static Result of(Map<String, String> environment, String in, String... words) {
        var bytes = new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8));
        var run = new CommandRun(environment, bytes);
        return run.result(CommandModel.run(run.shell, List.of(words)));
    }

    /// Runs beside the test until [Background#end].
    static Background inBackground(InputStream in, String... words) {
        return inBackground(Map.of(), in, words);
    }

    static Background inBackground(
            Map<String, String> environment, InputStream in, String... words) {
        var run = new CommandRun(environment, in);
        var executor = Executors.newVirtualThreadPerTaskExecutor();
        var code =
                CompletableFuture.supplyAsync(
                        () -> CommandModel.run(run.shell, List.of(words)), executor);
        return new Background(run, code);
    }

    /// A command that stays up.
    record Background(CommandRun run, CompletableFuture<Integer> code) {
        String out() {
            return run.out.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return run.err.toString(StandardCharsets.UTF_8);
        }

        Result end() {
            run.ask();
            return run.result(code.join());
        }
    }

    Shell shell() {
        return shell;
    }

    static CommandRun create() {
        return new CommandRun(Map.of(), InputStream.nullInputStream());
    }

    Result result(int code) {
        return new Result(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void arm() {}

    @Override
    public void await() throws InterruptedException {
        asked.await();
    }

    @Override
    public boolean await(Duration limit) throws InterruptedException {
        return asked.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void ask() {
        asked.countDown();
    }

    @Override
    public void finish(int code) {
        throw new AssertionError("only the program itself ends the process");
    }
}
