package org.p2prmb.protocols.statements;

import java.util.Optional;

/// A subject's newest lease, and the watchers that it commits to if the receiver may not know them.
///
/// @param watchers empty when they are left out; never when there are none
public record Renewal(SignedLease lease, Optional<Watchers> watchers) {
    /// Throws `IllegalArgumentException` when the lease commits to other watchers.
    public Renewal {
        if (lease.lease().watchers().count() == 0) {
            watchers = Optional.of(Watchers.NONE);
        }
        watchers.ifPresent(listed -> requireCommitment(lease, listed));
    }

    public Renewal(SignedLease lease, Watchers watchers) {
        this(lease, Optional.of(watchers));
    }

    static void requireCommitment(SignedLease lease, Watchers watchers) {
        Limits.require(
                lease.lease().watchers().equals(watchers.commitment()),
                "not the watchers that the lease commits to");
    }
}
