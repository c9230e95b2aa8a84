package org.p2prmb.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A line on the terminal that counts the seconds of a wait and vanishes at its end; nothing where
/// nobody watches, or when the wait is short.
final class Progress implements AutoCloseable {
    private static final Duration QUIET = Duration.ofMillis(700);
    private static final Duration STEP = Duration.ofMillis(250);
    private static final String ERASE = "\r\u001b[K";

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread;

    private Progress(Shell shell, String what) {
        this.thread = Thread.ofVirtual().unstarted(() -> show(shell, what));
    }

    static Progress start(RootCommand root, String what) {
        var progress = new Progress(root.shell(), what);
        if (root.shell().errIsTerminal() && !root.json()) {
            progress.thread.start();
        }
        return progress;
    }

    private void show(Shell shell, String what) {
        var start = System.nanoTime();
        try {
            if (done.await(QUIET.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            do {
                var seconds = (System.nanoTime() - start) / 1_000_000_000;
                shell.err().print("%s%s … %d s".formatted(ERASE, what, seconds));
                shell.err().flush();
            } while (!done.await(STEP.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        shell.err().print(ERASE);
        shell.err().flush();
    }

    @Override
    public void close() {
        done.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
