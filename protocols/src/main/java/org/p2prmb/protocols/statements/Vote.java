package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.identity.PeerId;

/// A watcher's word that a subject does not answer; it counts only as a [SignedVote].
///
/// @param voter the watcher
/// @param subject who does not answer
/// @param sequence of the subject's newest lease that the watcher holds, 0 or more
public record Vote(PeerId voter, PeerId subject, long sequence) {
    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Vote {
        Limits.require(sequence >= 0, "a vote's lease sequence is negative");
        Limits.require(!voter.equals(subject), "nobody votes on itself");
    }
}
