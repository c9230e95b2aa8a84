package org.p2prmb.simulation.swap;

/// Where one party is killed: the first time that it is about to do something, or has just done it.
///
/// @param role who is killed
/// @param boundary what it does: `save LOCK_READY`, `send refund`, `tell LockB`
/// @param moment before that, or after
record Kill(Role role, String boundary, Moment moment) {
    enum Moment {
        BEFORE,
        /// It was done, and nobody heard of it.
        AFTER
    }

    /// Ends the process of a party, as `kill -9` does.
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Override
    public String toString() {
        return role + " " + moment + " " + boundary;
    }
}
