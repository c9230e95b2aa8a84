package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The providers that the asked named, by the network that each answered from.
///
/// Anybody can invent providers, and many peers of one network are believed to be one liar's. So
/// the networks take turns in the result, one liar's inventions cannot fill it, and a query that
/// has as many as it wants waits a moment for other networks to name somebody, too.
@Pure
final class ProviderOffers {
    /// Networks that have to name somebody before there is enough.
    static final int SOURCES_MIN = 3;

    /// How long those are waited for once as many as are wanted were named. Peers that are dead
    /// keep a query waiting for seconds; who is alive answers within a few round trips.
    static final Duration PATIENCE = Duration.ofMillis(500);

    /// Networks that are listened to.
    private static final int SOURCES_MAX = 32;

    private final int max;
    private final boolean exemptLoopback;
    private final Map<Key, KadPeer> named = new HashMap<>();
    private final Map<Source, Set<Key>> bySource = new LinkedHashMap<>();
    private final Map<Key, KadPeer> known = new LinkedHashMap<>();
    private Instant waitsUntil = Instant.MAX;

    /// @param peer where a network may have any number of peers, each counts for itself
    private record Source(long group, @Nullable Key peer) {}

    /// @param max how many are wanted
    ProviderOffers(int max, boolean exemptLoopback) {
        this.max = max;
        this.exemptLoopback = exemptLoopback;
    }

    /// What we know ourselves. Others may have filled our store with liars, so it is no network
    /// that named somebody; but with as many as are wanted nobody else is waited for for long.
    void known(Instant now, KadPeer provider) {
        if (known.size() < max) {
            known.put(provider.key(), provider);
            waitFrom(now, known.size());
        }
    }

    private void waitFrom(Instant now, int found) {
        if (found >= max && waitsUntil.equals(Instant.MAX)) {
            waitsUntil = now.plus(PATIENCE);
        }
    }

    /// @param over the remote end of the connection that the answer came over
    void add(Instant now, KadPeer from, Multiaddr over, List<KadPeer> providers) {
        long group = IpGroup.of(over);
        boolean limited = IpGroup.isLimited(group, exemptLoopback);
        var source = new Source(group, limited ? null : from.key());
        if (providers.isEmpty()
                || bySource.size() >= SOURCES_MAX && !bySource.containsKey(source)) {
            return;
        }
        var keys = bySource.computeIfAbsent(source, _ -> new LinkedHashSet<>(4));
        for (var provider : providers) {
            if (keys.contains(provider.key()) || keys.size() < Math.min(max, KademliaConfig.K)) {
                keys.add(provider.key());
                named.merge(
                        provider.key(),
                        provider,
                        (old, other) -> old.addresses().isEmpty() ? other : old);
            }
        }
        waitFrom(now, named.size());
    }

    /// How many different ones were named.
    int size() {
        return named.size();
    }

    /// Whether there is no need to ask on.
    boolean areEnough(Instant now) {
        return !now.isBefore(waitsUntil) || bySource.size() >= SOURCES_MIN && named.size() >= max;
    }

    /// When there are enough though too few networks have named somebody.
    Instant waitsUntil() {
        return waitsUntil;
    }

    /// At most as many as are wanted: one that each network named, then a second of each, and so
    /// on; what we knew ourselves comes last.
    List<KadPeer> best() {
        var best = new LinkedHashSet<Key>();
        var turns = new ArrayDeque<Iterator<Key>>();
        bySource.values().forEach(keys -> turns.add(keys.iterator()));
        while (best.size() < max && !turns.isEmpty()) {
            var turn = turns.removeFirst();
            boolean added = false;
            while (!added && turn.hasNext()) {
                added = best.add(turn.next());
            }
            if (turn.hasNext()) {
                turns.addLast(turn);
            }
        }
        best.addAll(known.keySet());
        return best.stream().limit(max).map(this::provider).toList();
    }

    /// What a provider said of itself to us is better than what others say of it.
    private KadPeer provider(Key key) {
        var own = known.get(key);
        var told = named.get(key);
        return told == null || own != null && !own.addresses().isEmpty()
                ? Objects.requireNonNull(own)
                : told;
    }
}
