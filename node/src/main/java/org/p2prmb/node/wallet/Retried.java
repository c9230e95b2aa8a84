package org.p2prmb.node.wallet;

import org.jspecify.annotations.Nullable;
import org.p2prmb.protocols.swap.LedgerException;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Something that a node must be there for: opened when it is first needed, kept, and tried again
/// after a failure, but not at once. Safe for many threads, of which one opens.
final class Retried<T> {
    static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    static final Duration PAUSE_MAX = Duration.ofSeconds(8);

    private final Opener<T> opener;
    private final InstantSource clock;
    private @Nullable T opened;
    private Instant notBefore = Instant.MIN;
    private Duration pause = PAUSE_MIN;
    private String why = "";

    interface Opener<T> {
        T open() throws LedgerException;
    }

    Retried(Opener<T> opener, InstantSource clock) {
        this.opener = opener;
        this.clock = clock;
    }

    /// Throws [LedgerException] while it cannot be opened; may wait for the node.
    synchronized T get() throws LedgerException {
        if (opened != null) {
            return opened;
        }
        if (clock.instant().isBefore(notBefore)) {
            throw new LedgerException(why);
        }
        try {
            opened = opener.open();
            return opened;
        } catch (LedgerException e) {
            why = String.valueOf(e.getMessage());
            notBefore = clock.instant().plus(pause);
            pause =
                    pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0
                            ? pause.multipliedBy(2)
                            : PAUSE_MAX;
            throw e;
        }
    }
}
