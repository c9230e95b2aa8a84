package org.p2prmb.protocols.swap;

import java.util.List;

/// The next state of a swap, and what to do once it is on disk.
///
/// @param <S> the states of one party
public record Step<S>(S next, List<SwapAction> actions) {
    public Step {
        actions = List.copyOf(actions);
    }

    static <S> Step<S> to(S next, SwapAction... actions) {
        return new Step<>(next, List.of(actions));
    }
}
