package org.p2prmb.node.swap;

import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEvent.Sight;
import org.p2prmb.protocols.swap.Timeline;

import java.util.Optional;

/// A swap as its owner sees it.
///
/// @param a what our node shows of leg A; nothing when it was not asked, or does not answer
/// @param b the same of leg B
public record SwapReport(Swap swap, Timeline timeline, Optional<Sight> a, Optional<Sight> b) {
    static SwapReport unseen(Swap swap, Timeline timeline) {
        return new SwapReport(swap, timeline, Optional.empty(), Optional.empty());
    }
}
