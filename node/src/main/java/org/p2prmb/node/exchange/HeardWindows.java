package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.WindowOpen;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// Whose windows are open or were lately: of others nobody needs to hear.
///
/// A seller that has its share makes room for its new window with its oldest one. Where all places
/// are taken, whoever has most makes room, unless nobody has more than the newcomer would: then new
/// sellers are not let in. Not thread-safe.
@Pure
final class HeardWindows {
    /// More than a seller has within [#KEPT] after which others have heard how its windows ended.
    static final int SELLER_MAX = 128;

    /// So many places there are for sellers with a history, and as many for all others.
    static final int MAX = 2_048;

    /// After the bids; who lacks a result then asks the seller.
    static final Duration KEPT = Duration.ofMinutes(10);

    private final Map<Bytes, PeerId> sellers = new HashMap<>(); // By window.
    private final SequencedMap<PeerId, SequencedMap<Bytes, Instant>> windows =
            new LinkedHashMap<>(); // With their ends.
    private final int max;

    HeardWindows() {
        this(MAX);
    }

    HeardWindows(int max) {
        this.max = max;
    }

    /// False when there is no room for it.
    boolean add(WindowOpen open, Instant now) {
        if (sellers.containsKey(open.window())) {
            return true;
        }
        if (sellers.size() >= max) {
            forget(now);
        }
        var own = windows.computeIfAbsent(open.seller(), _ -> new LinkedHashMap<>());
        if (own.size() >= SELLER_MAX) {
            sellers.remove(own.pollFirstEntry().getKey());
        }
        if (sellers.size() >= max && !makeRoom(own)) {
            windows.remove(open.seller()); // It has none.
            return false;
        }
        own.put(open.window(), open.revealBy().plus(KEPT));
        sellers.put(open.window(), open.seller());
        return true;
    }

    private boolean makeRoom(SequencedMap<Bytes, Instant> own) {
        var most = own;
        for (var others : windows.values()) {
            most = others.size() > most.size() ? others : most;
        }
        var from = most.size() > own.size() + 1 ? most : own;
        var oldest = from.pollFirstEntry();
        if (oldest != null) {
            sellers.remove(oldest.getKey());
        }
        return oldest != null;
    }

    private void forget(Instant now) {
        for (var own : windows.values()) {
            own.entrySet()
                    .removeIf(entry -> {
                        boolean over = now.isAfter(entry.getValue());
                        if (over) {
                            sellers.remove(entry.getKey());
                        }
                        return over;
                    });
        }
        windows.values().removeIf(Map::isEmpty);
    }

    boolean contains(Bytes window) {
        return sellers.containsKey(window);
    }

    boolean isOf(Bytes window, PeerId seller) {
        return seller.equals(sellers.get(window));
    }
}
