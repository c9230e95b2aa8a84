package org.p2prmb.libp2p.resource;

import org.p2prmb.libp2p.core.Pure;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// Scopes of one kind, each there only while something is held in it.
///
/// @param <K> what tells them apart
@Pure
final class Scopes<K> {
    private final Map<K, Usage> held = new HashMap<>();
    private final Function<K, Usage> empty;

    /// @param empty makes the scope of a key
    Scopes(Function<K, Usage> empty) {
        this.empty = empty;
    }

    /// The scope of `key`; one that is new is kept once [#add] has added to it.
    Usage of(K key) {
        var usage = held.get(key);
        return usage == null ? empty.apply(key) : usage;
    }

    void add(K key, Usage usage, Amount amount) {
        usage.add(amount);
        held.put(key, usage);
    }

    void remove(K key, Amount amount) {
        var usage = of(key);
        usage.remove(amount);
        forgetIfEmpty(key, usage);
    }

    void add(K key, Usage usage, long bytes) {
        usage.add(bytes);
        held.put(key, usage);
        forgetIfEmpty(key, usage);
    }

    private void forgetIfEmpty(K key, Usage usage) {
        if (usage.isEmpty()) {
            held.remove(key);
        }
    }

    int size() {
        return held.size();
    }
}
