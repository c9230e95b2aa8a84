package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which peers said that they have what a key names.
///
/// Bounded in keys, in providers of a key, and in keys of a provider. When there are too many keys,
/// the one that is farthest from us makes room; a full key takes no newcomer until one of its
/// providers expires, so that a flood displaces nobody.
@Pure
final class ProviderStore {
    static final int KEY_BYTES_MAX = 80;
    static final int KEYS_MAX = 8_192;
    static final int PROVIDERS_PER_KEY_MAX = 64;
    static final int KEYS_PER_PROVIDER_MAX = 256;
    static final int RECORDS_MAX = 32_768;

    private final Key self;
    private final Duration ttl;

    /// By the distance of the key from us.
    private final TreeMap<Key, Map<PeerId, Instant>> expiries = new TreeMap<>();

    private final Map<PeerId, Provider> providers = new HashMap<>();
    private int records;

    private static final class Provider {
        private KadPeer peer;
        private int keys;

        Provider(KadPeer peer) {
            this.peer = peer;
        }
    }

    ProviderStore(Key self, Duration ttl) {
        this.self = self;
        this.ttl = ttl;
    }

    /// How many pairs of key and provider there are.
    int size() {
        return records;
    }

    /// Remembers `provider`, or that it is still one; false when there is no room for it.
    boolean add(Bytes key, KadPeer provider, Instant now) {
        if (key.size() == 0 || key.size() > KEY_BYTES_MAX) {
            return false;
        }
        var distance = self.distance(Key.of(key));
        var ofKey = expiries.get(distance);
        var known = providers.get(provider.id());
        if (ofKey != null && ofKey.remove(provider.id()) != null && known != null) {
            known.peer = provider;
            ofKey.put(provider.id(), now.plus(ttl)); // Last in the order of expiry.
            return true;
        }
        if (known != null && known.keys >= KEYS_PER_PROVIDER_MAX
                || ofKey != null && isFull(distance, ofKey, now)
                || ofKey == null && !hasRoom(distance)) {
            return false;
        }
        expiries.computeIfAbsent(distance, _ -> new LinkedHashMap<>(4))
                .put(provider.id(), now.plus(ttl));
        var remembered = providers.computeIfAbsent(provider.id(), _ -> new Provider(provider));
        remembered.peer = provider;
        remembered.keys++;
        records++;
        makeRoom();
        return true;
    }

    private boolean isFull(Key distance, Map<PeerId, Instant> ofKey, Instant now) {
        if (ofKey.size() < PROVIDERS_PER_KEY_MAX) {
            return false;
        }
        expire(distance, now);
        return ofKey.size() >= PROVIDERS_PER_KEY_MAX;
    }

    /// A key that would be the first to go does not come in.
    private boolean hasRoom(Key distance) {
        return expiries.size() < KEYS_MAX && records < RECORDS_MAX
                || distance.compareTo(expiries.lastKey()) < 0;
    }

    private void makeRoom() {
        while (expiries.size() > KEYS_MAX || records > RECORDS_MAX) {
            var farthest = expiries.pollLastEntry();
            farthest.getValue().keySet().forEach(this::forget);
        }
    }

    private void forget(PeerId id) {
        records--;
        var provider = providers.get(id);
        if (provider != null && --provider.keys == 0) {
            providers.remove(id);
        }
    }

    /// The providers of `key`, those that said so last first, at most `max`.
    List<KadPeer> find(Bytes key, int max, Instant now) {
        var ofKey = expiries.get(self.distance(Key.of(key)));
        var found = new ArrayList<KadPeer>();
        if (ofKey != null) {
            for (var entry : ofKey.entrySet()) {
                var provider = providers.get(entry.getKey());
                if (provider != null && now.isBefore(entry.getValue())) {
                    found.add(provider.peer);
                }
            }
        }
        var newest = found.reversed();
        return newest.subList(0, Math.min(max, newest.size()));
    }

    /// Forgets what nobody renewed.
    void expire(Instant now) {
        List.copyOf(expiries.keySet()).forEach(distance -> expire(distance, now));
    }

    private void expire(Key distance, Instant now) {
        var ofKey = expiries.get(distance);
        if (ofKey == null) {
            return;
        }
        var oldest = ofKey.entrySet().iterator();
        while (oldest.hasNext()) {
            var entry = oldest.next();
            if (now.isBefore(entry.getValue())) {
                break;
            }
            oldest.remove();
            forget(entry.getKey());
        }
        if (ofKey.isEmpty()) {
            expiries.remove(distance);
        }
    }
}
