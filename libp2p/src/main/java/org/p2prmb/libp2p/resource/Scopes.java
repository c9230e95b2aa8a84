package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.core.Pure;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// Scopes of one kind, each there only while something is held in it.
///
/// @param <K> what tells them apart
@Pure
final class Scopes<K> {
    private final ScopeName name;
    private final Function<K, ScopeLimits> limits;
    private final Map<K, Usage> held = new HashMap<>();

    /// @param limits of the scope of a key
    Scopes(ScopeName name, Function<K, ScopeLimits> limits) {
        this.name = name;
        this.limits = limits;
    }

    /// The scope of `key`. One that holds nothing is not the scope any more after others were
    /// asked for: whoever keeps it must hold something in it.
    Usage of(K key) {
        var usage = held.get(key);
        return usage == null ? new Usage(name, limits.apply(key), it -> changed(key, it)) : usage;
    }

    private void changed(K key, Usage usage) {
        if (usage.isEmpty()) {
            held.remove(key);
        } else {
            held.put(key, usage);
        }
    }

    Collection<Usage> all() {
        return held.values();
    }

    int size() {
        return held.size();
    }
}
