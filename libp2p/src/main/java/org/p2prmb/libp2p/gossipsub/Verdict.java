package org.p2prmb.libp2p.gossipsub;

/// What became of a message's validation.
public enum Verdict {
    /// Deliver and forward it.
    ACCEPT,
    /// It breaks the topic's rules: drop it, and hold it against everyone who sent it.
    REJECT,
    /// Drop it, nobody is to blame.
    IGNORE,
    /// We were too busy to judge: drop this copy, and take another if one comes.
    POSTPONE
}
