package org.p2prmb.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Leaving in an orderly way on ctrl-C and SIGTERM: the JVM's shutdown waits, within bounds, until
/// the command has closed what it had open, and the program ends with the command's own code.
final class SignalEnding implements Shell.Ending {
    private static final long LEAVE_SECONDS_MAX = 10;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile boolean shuttingDown;
    private volatile int code;

    @Override
    public void arm() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutdown, "leave"));
    }

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
    public void finish(int exitCode) {
        code = exitCode;
        finished.countDown();
        if (!shuttingDown) {
            System.exit(exitCode);
        }
    }

    private void shutdown() {
        shuttingDown = true;
        asked.countDown();
        try {
            if (finished.await(LEAVE_SECONDS_MAX, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
