package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.identity.PeerId;

/// What an agent says in the exchange; it counts only as a [Signed] one.
public sealed interface ExchangeStatement permits Offer, BuyRequest, WindowStatement {
    /// Who signs it.
    PeerId author();
}
