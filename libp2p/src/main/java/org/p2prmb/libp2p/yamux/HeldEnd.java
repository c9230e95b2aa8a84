package org.p2prmb.libp2p.yamux;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// The end of our side of a stream, which may have to wait for the first bytes of the remote: it
/// may not be able yet to take what we send together with its end. Guarded by the session's lock.
final class HeldEnd {
    /// How long a stream waits that nobody uses any more.
    static final Duration WAIT_MAX = Duration.ofSeconds(10);

    private boolean unanswered;
    private YamuxMachine.@Nullable Event end;

    void untilAnswered() {
        unanswered = true;
    }

    /// Takes the end when it has to wait; what happens now when it has not.
    YamuxMachine.@Nullable Event hold(YamuxMachine.Event how) {
        end = unanswered ? how : null;
        return unanswered ? null : how;
    }

    /// What waited for the answer that came.
    YamuxMachine.@Nullable Event answered() {
        unanswered = false;
        return drop();
    }

    boolean waits() {
        return end != null;
    }

    YamuxMachine.@Nullable Event drop() {
        var waited = end;
        end = null;
        return waited;
    }
}
