package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

/// What a seller or a bidder says of a window; it counts only as a [Signed] one.
public sealed interface WindowStatement
        permits WindowOpen, Commit, Receipt, WindowRoot, Reveal, RevealReceipt, ResultNotice {
    /// Who signs it.
    PeerId author();

    /// The id of the window, see [WindowOpen#window].
    Bytes window();
}
