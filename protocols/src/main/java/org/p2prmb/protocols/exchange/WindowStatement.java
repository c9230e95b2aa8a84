package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;

/// What a seller or a bidder says of a window; it counts only as a [Signed] one.
public sealed interface WindowStatement extends ExchangeStatement
        permits WindowOpen, Commit, Receipt, WindowRoot, Reveal, RevealReceipt, ResultNotice {
    /// The id of the window, see [WindowOpen#window].
    Bytes window();
}
