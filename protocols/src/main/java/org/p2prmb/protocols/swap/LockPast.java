package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.util.Optional;

/// What blocks hold of a lock exactly as the terms make it, whoever made it: for judging what
/// others did.
///
/// @param ref what the chain calls it
/// @param height of the block that has it
/// @param ending nothing while it is there
public record LockPast(Bytes ref, long height, Optional<Ending> ending) {
    /// @param redeemed with the secret; false when it was taken back
    /// @param height of the block
    public record Ending(boolean redeemed, long height) {}
}
