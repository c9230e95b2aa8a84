package org.p2prmb.protocols.search;

import org.p2prmb.libp2p.identity.PeerId;

/// What we ourselves think of other agents; nobody's claim about itself counts.
@FunctionalInterface
public interface Reputations {
    /// What an agent without any history is worth.
    double NEWCOMER = 0.40;

    /// Whoever is worth less is neither cached nor passed on.
    double RELAYED_MIN = 0.20;

    /// Everybody is a newcomer.
    Reputations NEUTRAL = peer -> NEWCOMER;

    /// 0 to 1; [#NEWCOMER] for somebody whom we know nothing of. Must not wait.
    double score(PeerId peer);
}
