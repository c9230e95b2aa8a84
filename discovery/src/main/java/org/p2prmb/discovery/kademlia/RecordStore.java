package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The values that others put here, the best one for each key.
///
/// Bounded in number, in bytes and for each peer that puts. When it is full, the value whose key is
/// farthest from us makes room: it is for others to keep.
@Pure
final class RecordStore {
    static final int RECORDS_MAX = 1_024;
    static final int RECORDS_PER_PEER_MAX = 64;

    /// So that a value and the nearest peers fit in one answer.
    static final int VALUE_BYTES_MAX = 10 * 1_024;

    private static final int BYTES_MAX = 8 * 1_024 * 1_024;

    private final Key self;
    private final Validators validators;
    private final Duration ttl;

    /// By the distance of the key from us.
    private final TreeMap<Key, Stored> records = new TreeMap<>();

    private final Map<PeerId, Integer> perPeer = new HashMap<>();
    private long bytes;

    private record Stored(KadRecord record, PeerId from, Instant expiresAt) {
        int size() {
            return record.key().size() + record.value().size();
        }
    }

    /// What became of a value.
    enum Outcome {
        STORED,
        INVALID,
        /// There is a better one.
        WORSE,
        /// The peer has used up its share, or there are values enough for nearer keys.
        FULL
    }

    RecordStore(Key self, Validators validators, Duration ttl) {
        this.self = self;
        this.validators = validators;
        this.ttl = ttl;
    }

    int size() {
        return records.size();
    }

    long bytes() {
        return bytes;
    }

    Optional<KadRecord> find(Bytes key, Instant now) {
        var stored = records.get(self.distance(Key.of(key)));
        return stored == null || !now.isBefore(stored.expiresAt())
                ? Optional.empty()
                : Optional.of(stored.record());
    }

    Outcome put(PeerId from, KadRecord record, Instant now) {
        if (record.value().size() > VALUE_BYTES_MAX) {
            return Outcome.INVALID;
        }
        var validUntil = validators.validUntil(record.key(), record.value()).orElse(Instant.MIN);
        if (!now.isBefore(validUntil)) {
            return Outcome.INVALID;
        }
        var distance = self.distance(Key.of(record.key()));
        var old = records.get(distance);
        if (old != null && isWorse(record, old, now)) {
            return Outcome.WORSE;
        }
        var owned = old != null && old.from().equals(from);
        if (!owned && perPeer.getOrDefault(from, 0) >= RECORDS_PER_PEER_MAX) {
            return Outcome.FULL;
        }
        var kept = new KadRecord(record.key(), record.value(), Optional.of(now));
        remove(distance);
        add(distance, new Stored(kept, from, earlier(validUntil, now.plus(ttl))));
        while (records.size() > RECORDS_MAX || bytes > BYTES_MAX) {
            remove(records.lastKey());
        }
        return records.containsKey(distance) ? Outcome.STORED : Outcome.FULL;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private boolean isWorse(KadRecord record, Stored old, Instant now) {
        var current = old.record().value();
        return now.isBefore(old.expiresAt())
                && !record.value().equals(current)
                && !validators.isBetter(record.key(), record.value(), current);
    }

    private void add(Key distance, Stored stored) {
        records.put(distance, stored);
        bytes += stored.size();
        perPeer.merge(stored.from(), 1, Integer::sum);
    }

    private void remove(Key distance) {
        var stored = records.remove(distance);
        if (stored != null) {
            bytes -= stored.size();
            perPeer.computeIfPresent(stored.from(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    /// Forgets what nobody renewed.
    void expire(Instant now) {
        records.entrySet().stream()
                .filter(entry -> !now.isBefore(entry.getValue().expiresAt()))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::remove);
    }
}
