package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.Terms;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The contracts that we wait for, because we won lots. One owner.
final class Expectations {
    /// More we do not win at a time.
    static final int MAX = 256;

    private final Map<Key, Expected> expected = new HashMap<>();

    private record Key(PeerId seller, Bytes window) {}

    /// @param since when we began to wait
    record Expected(Audit.Sold sold, Instant since, Instant until) {}

    /// Throws `IllegalArgumentException` when there are too many.
    void add(Audit.Sold sold, PeerId seller, Instant since, Instant until) {
        expected.values().removeIf(one -> since.isAfter(one.until()));
        var key = new Key(seller, sold.window());
        if (expected.size() >= MAX && !expected.containsKey(key)) {
            throw new IllegalArgumentException("too many contracts are expected");
        }
        expected.put(key, new Expected(sold, since, until));
    }

    Optional<Expected> find(Terms terms, Instant now) {
        return Optional.ofNullable(expected.get(new Key(terms.seller(), terms.window())))
                .filter(one -> !now.isAfter(one.until()));
    }

    void remove(PeerId seller, Bytes window) {
        expected.remove(new Key(seller, window));
    }
}
