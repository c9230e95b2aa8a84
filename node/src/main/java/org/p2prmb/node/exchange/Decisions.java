package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.exchange.WindowMachine.Action;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says which of the lots that were won cannot be had: at once, or after the owner's word where the
/// offer asks for it.
///
/// Safe for many threads.
final class Decisions {
    /// What the owner has to say of those that won.
    static final Duration TIME = Duration.ofMinutes(2);

    private final Surroundings with;
    private final OfferBook book;
    private final Prudence prudence;
    private final Map<Bytes, Decision> open = new LinkedHashMap<>(); // As many as windows.

    Decisions(Surroundings with, OfferBook book, Prudence prudence) {
        this.with = with;
        this.book = book;
        this.prudence = prudence;
    }

    /// The denials; empty while the owner is asked. Waits for nodes.
    Optional<List<Denial>> decide(Action.Decide asked) {
        var denials = prudence.denials(asked);
        var own = book.find(asked.offer()).filter(one -> one.confirm() && !one.cancelled());
        if (own.isEmpty()) {
            return Optional.of(denials);
        }
        var until = with.chains().clock().instant().plus(TIME);
        var decision = new Decision(asked.window(), own.get(), asked.allotments(), denials, until);
        synchronized (this) {
            open.put(asked.window(), decision);
        }
        return Optional.empty();
    }

    /// What our owner is asked.
    synchronized List<Decision> pending() {
        return List.copyOf(open.values());
    }

    /// What the owner's word comes to; empty when nobody asks.
    ///
    /// @param denied why nobody gets a lot; empty when all do
    synchronized Optional<List<Denial>> take(Bytes window, Optional<Denial.Code> denied) {
        return Optional.ofNullable(open.remove(window))
                .map(decision ->
                        denied.map(code -> Prudence.all(decision.winners(), code))
                                .orElse(decision.denials()));
    }

    synchronized void over(Bytes window) {
        open.remove(window);
        prudence.over(window);
    }
}
