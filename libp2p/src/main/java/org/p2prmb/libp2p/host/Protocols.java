package org.p2prmb.libp2p.host;

import org.p2prmb.libp2p.core.StreamHandler;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The protocols that a host serves.
final class Protocols {
    /// What others are willing to remember of us, see identify.
    private static final int PROTOCOLS_MAX = 1024;

    private final ConcurrentMap<String, StreamHandler> handlers = new ConcurrentHashMap<>();

    /// Those that are spoken on limited connections, too.
    private final Set<String> limited = ConcurrentHashMap.newKeySet();

    /// Speaks `protocol` also where a relay limits the connection.
    void allowLimited(String protocol) {
        if (limited.size() >= PROTOCOLS_MAX) {
            throw new IllegalStateException("more than %d protocols".formatted(PROTOCOLS_MAX));
        }
        limited.add(protocol);
    }

    boolean allowsLimited(String protocol) {
        return limited.contains(protocol);
    }

    /// True when the set of names changed.
    boolean put(String protocol, StreamHandler handler) {
        if (!protocol.startsWith("/")) {
            throw new IllegalArgumentException("a protocol begins with /: " + protocol);
        }
        if (handlers.size() >= PROTOCOLS_MAX) {
            throw new IllegalStateException("more than %d protocols".formatted(PROTOCOLS_MAX));
        }
        return handlers.put(protocol, handler) == null;
    }

    boolean remove(String protocol) {
        return handlers.remove(protocol) != null;
    }

    boolean serves(String protocol) {
        return handlers.containsKey(protocol);
    }

    Optional<StreamHandler> handler(String protocol) {
        return Optional.ofNullable(handlers.get(protocol));
    }

    /// In alphabetical order.
    List<String> names() {
        return handlers.keySet().stream().sorted().toList();
    }
}
