package org.p2prmb.libp2p.gossipsub;

/// What a topic's [Validator] thinks of a message.
public enum Verdict {
    /// Deliver and forward it.
    ACCEPT,
    /// It breaks the topic's rules: drop it, and hold it against everyone who sent it.
    REJECT,
    /// Drop it, nobody is to blame.
    IGNORE
}
