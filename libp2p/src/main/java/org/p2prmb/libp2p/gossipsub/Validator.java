package org.p2prmb.libp2p.gossipsub;

/// Judges the messages of a topic before they are forwarded.
///
/// It is called on a virtual thread of its own, after the signature was verified, and may block;
/// when it takes longer than [GossipConfig.Timing#validation] the message is ignored.
@FunctionalInterface
public interface Validator {
    /// Takes every message that its author signed.
    Validator ACCEPT_ALL = _ -> Verdict.ACCEPT;

    Verdict validate(GossipMessage message) throws InterruptedException;
}
