package org.p2prmb.cli;

/// A bar on the terminal that fills as a long piece of work goes on and vanishes at its end;
/// nothing where nobody watches, or when the work is short.
final class ProgressBar implements AutoCloseable {
    private static final long QUIET_NANOS = 700_000_000;
    private static final long STEP_NANOS = 250_000_000;
    private static final int WIDTH = 30;
    private static final String ERASE = "\r\u001b[K";

    private final Shell shell;
    private final String what;
    private final boolean watched;
    private final long begin = System.nanoTime();
    private long shownAt;
    private boolean shown;

    private ProgressBar(RootCommand root, String what) {
        this.shell = root.shell();
        this.what = what;
        this.watched = shell.errIsTerminal() && !root.json();
    }

    static ProgressBar start(RootCommand root, String what) {
        return new ProgressBar(root, what);
    }

    /// @param share of the work that is done, from 0 to 1
    void show(double share) {
        long now = System.nanoTime();
        if (!watched || now - begin < QUIET_NANOS || shown && now - shownAt < STEP_NANOS) {
            return;
        }
        shown = true;
        shownAt = now;
        int full = (int) (share * WIDTH);
        var bar = "#".repeat(full) + ".".repeat(WIDTH - full);
        long left = share > 0 ? (long) ((now - begin) / share * (1 - share) / 1e9) : 0;
        shell.err()
                .print(
                        "%s%s [%s] %3.0f %%, about %d s left"
                                .formatted(ERASE, what, bar, share * 100, left));
        shell.err().flush();
    }

    @Override
    public void close() {
        if (shown) {
            shell.err().print(ERASE);
            shell.err().flush();
        }
    }
}
