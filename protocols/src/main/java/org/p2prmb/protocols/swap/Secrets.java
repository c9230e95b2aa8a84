package org.p2prmb.protocols.swap;

import java.util.Optional;

/// The seller's secrets, each derived from the wallet's seed by the index of its swap and never
/// stored.
@FunctionalInterface
public interface Secrets {
    /// Nothing while the keys are locked.
    Optional<Secret> secret(long index);
}
