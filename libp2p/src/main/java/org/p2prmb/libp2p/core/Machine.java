package org.p2prmb.libp2p.core;

import java.time.Instant;
import java.util.List;

/// A protocol core: no thread, no clock, no I/O. Events go in, actions come out.
///
/// Time enters only as an argument and randomness only through the constructor, so a run is
/// reproducible from its inputs. Each machine has exactly one owner; it is not thread-safe.
///
/// @param <E> the events that it understands
/// @param <A> the actions that it asks for; each is safe to repeat
public interface Machine<E, A> {
    /// Applies one event and returns every action that follows from it.
    List<A> on(Instant now, E event);

    /// Does the work that is due at `now`.
    List<A> tick(Instant now);

    /// When [#tick] must next be called; `Instant.MAX` when nothing is scheduled.
    Instant nextTick();
}
