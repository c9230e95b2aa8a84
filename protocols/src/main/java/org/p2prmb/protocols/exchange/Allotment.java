package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;

/// What a bidder gets.
///
/// @param lots 0 when nothing was left for it
public record Allotment(PeerId bidder, int lots) {
    /// Throws `IllegalArgumentException` when there are more lots than any window has.
    public Allotment {
        Limits.require(lots >= 0 && lots <= WindowOpen.LOTS_MAX, "an allotment of no window");
    }
}
