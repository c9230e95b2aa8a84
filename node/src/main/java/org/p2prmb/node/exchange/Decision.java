package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.exchange.Allotment;
import org.p2prmb.protocols.exchange.Denial;

import java.time.Instant;
import java.util.List;

/// What our owner is asked about a window.
///
/// @param winners what each would get
/// @param denials what cannot be had of that anyway
/// @param until when everything is denied without a word
record Decision(
        Bytes window,
        OwnOffer offer,
        List<Allotment> winners,
        List<Denial> denials,
        Instant until) {
    Decision {
        winners = List.copyOf(winners);
        denials = List.copyOf(denials);
    }
}
