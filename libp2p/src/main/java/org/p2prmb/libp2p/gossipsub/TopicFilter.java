package org.p2prmb.libp2p.gossipsub;

/// Says which topics of remote peers are remembered: the door against peers that subscribe to
/// millions of invented topics.
@FunctionalInterface
public interface TopicFilter {
    TopicFilter ANY = _ -> true;

    /// Pure and quick: it runs in the router.
    boolean accepts(String topic);
}
