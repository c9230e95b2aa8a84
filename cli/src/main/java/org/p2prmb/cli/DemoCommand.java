package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.LogFormat;
import org.p2prmb.node.config.Printed;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/// `rmb demo`: a small network at work on this machine.
@Command(
        name = "demo",
        description = {
            "Show a network of agents at work on this machine.",
            "It stays up until ctrl-C, so that you can join it from another shell."
        })
final class DemoCommand implements Callable<Integer> {
    private final RootCommand root;
    private final Demo.Interference interference;

    @Option(names = "--exit", description = "End when the story is told.")
    private boolean exit;

    DemoCommand(RootCommand root) {
        this(root, (_, _) -> {});
    }

    /// A demo that something interferes with; for tests.
    DemoCommand(RootCommand root, Demo.Interference interference) {
        this.root = root;
        this.interference = interference;
    }

    @Override
    public Integer call() throws InterruptedException {
        root.startLogging(LogFormat.TEXT);
        root.shell().ending().arm();
        var story = new Story(root.output());
        var teller = Thread.currentThread();
        var watch = Thread.startVirtualThread(() -> interruptWhenAsked(teller));
        var start = System.nanoTime();
        try (var network = DemoNetwork.create()) {
            var demo = new Demo(network, story, interference);
            var wrong = tell(demo);
            watch.interrupt();
            var took = Duration.ofNanos(System.nanoTime() - start);
            if (wrong != null) {
                story.failed(demo.current(), wrong, took);
                return Rmb.FAILED;
            }
            story.ok(network.names().size(), took);
            if (!exit) {
                stayUp(network);
            }
            return Rmb.DONE;
        } catch (IOException e) {
            throw new UserException(
                    "cannot make a temporary directory (%s)".formatted(e.getMessage()), e);
        }
    }

    /// Why it failed, or null.
    private static @Nullable String tell(Demo demo) {
        try {
            demo.run();
            return null;
        } catch (InterruptedException e) {
            return "it was told to end";
        } catch (FailedException e) {
            return Printed.line(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) { // Supervisor
            return Printed.line("something is wrong with rmb itself: " + e);
        }
    }

    private void interruptWhenAsked(Thread teller) {
        try {
            root.shell().ending().await();
            teller.interrupt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The story is told.
        }
    }

    private void stayUp(DemoNetwork network) throws InterruptedException {
        var output = root.output();
        output.line("");
        output.line("The network stays up. From another shell you can");
        output.line(
                "  join it    rmb node --home DIR --bootstrap "
                        + network.address(DemoNetwork.BOOTSTRAP));
        output.line("  look in    rmb contacts --home " + network.home(Demo.FRIENDS.getFirst()));
        output.line("Ctrl-C ends it.");
        root.shell().ending().await();
    }
}
