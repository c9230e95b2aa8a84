package org.p2prmb.protocols.swap;

/// What our own node shows of a lock, compared byte by byte with what the terms make it (R5).
public sealed interface LockView {
    /// Nothing of it anywhere, as far as our node has read.
    record Absent() implements LockView {}

    /// It waits for a block.
    record Pending() implements LockView {}

    /// @param depth blocks that hold it, its own included
    record Locked(int depth) implements LockView {}

    /// @param depth of the redeeming transaction; 0 while it waits, which tells the secret already
    record Redeemed(Secret secret, int depth) implements LockView {}

    /// @param depth of the refund, at least 1: one that waits may still lose
    record Refunded(int depth) implements LockView {}

    /// It can never be made: one of its inputs was spent otherwise.
    ///
    /// @param depth of what spent it
    record Lost(int depth) implements LockView {}

    static boolean isLocked(LockView view, int depth) {
        return view instanceof Locked(var has) && has >= depth;
    }
}
