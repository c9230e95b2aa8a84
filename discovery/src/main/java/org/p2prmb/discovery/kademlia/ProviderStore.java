package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// Which peers said that they have what a key names.
///
/// Bounded in keys, in providers of a key, and in keys of a provider. When there are too many keys,
/// the one that is farthest from us makes room. A full key takes a newcomer when some network has
/// two providers more in it than the newcomer's own: that network's oldest goes. Otherwise it takes
/// none until one of its providers expires. So a flood displaces nobody but itself.
@Pure
final class ProviderStore {
    static final int KEY_BYTES_MAX = 80;
    static final int KEYS_MAX = 8_192;
    static final int PROVIDERS_PER_KEY_MAX = 64;
    static final int KEYS_PER_PROVIDER_MAX = 256;
    static final int RECORDS_MAX = 32_768;

    private final Key self;
    private final Duration ttl;
    private final boolean exemptLoopback;
    private final RandomGenerator random;

    /// By the distance of the key from us, those that said so last last.
    private final TreeMap<Key, Map<PeerId, Entry>> entries = new TreeMap<>();

    private final Map<PeerId, Provider> providers = new HashMap<>();
    private int records;

    /// @param group the [IpGroup] that it said so from
    private record Entry(Instant expires, long group) {}

    private static final class Provider {
        private KadPeer peer;
        private int keys;

        Provider(KadPeer peer) {
            this.peer = peer;
        }
    }

    /// @param exemptLoopback whether any number of providers of one loopback network is fine
    ProviderStore(Key self, Duration ttl, boolean exemptLoopback, RandomGenerator random) {
        this.self = self;
        this.ttl = ttl;
        this.exemptLoopback = exemptLoopback;
        this.random = random;
    }

    /// How many pairs of key and provider there are.
    int size() {
        return records;
    }

    /// Remembers `provider`, or that it is still one; false when there is no room for it.
    ///
    /// @param group the [IpGroup] that it says so from
    boolean add(Bytes key, KadPeer provider, long group, Instant now) {
        if (key.size() == 0 || key.size() > KEY_BYTES_MAX) {
            return false;
        }
        var distance = self.distance(Key.of(key));
        var ofKey = entries.get(distance);
        var known = providers.get(provider.id());
        var entry = new Entry(now.plus(ttl), group);
        if (ofKey != null && ofKey.remove(provider.id()) != null && known != null) {
            known.peer = provider;
            ofKey.put(provider.id(), entry); // Last in the order of expiry.
            return true;
        }
        if (known != null && known.keys >= KEYS_PER_PROVIDER_MAX
                || ofKey != null && isFull(distance, ofKey, group, now)
                || ofKey == null && !hasRoom(distance)) {
            return false;
        }
        entries.computeIfAbsent(distance, _ -> new LinkedHashMap<>(4)).put(provider.id(), entry);
        var remembered = providers.computeIfAbsent(provider.id(), _ -> new Provider(provider));
        remembered.peer = provider;
        remembered.keys++;
        records++;
        makeRoom();
        return true;
    }

    private boolean isFull(Key distance, Map<PeerId, Entry> ofKey, long group, Instant now) {
        if (ofKey.size() < PROVIDERS_PER_KEY_MAX) {
            return false;
        }
        expire(distance, now);
        return ofKey.size() >= PROVIDERS_PER_KEY_MAX && !displaces(ofKey, group);
    }

    /// Takes out the oldest provider of the network that has most, if that has two more than this.
    private boolean displaces(Map<PeerId, Entry> ofKey, long group) {
        var counts = new HashMap<Long, Integer>();
        for (var entry : ofKey.values()) {
            if (isLimited(entry.group())) {
                counts.merge(entry.group(), 1, Integer::sum);
            }
        }
        int most = counts.values().stream().reduce(0, Math::max);
        if (most < counts.getOrDefault(group, 0) + 2) {
            return false;
        }
        var each = ofKey.entrySet().iterator();
        var oldest = each.next();
        while (counts.getOrDefault(oldest.getValue().group(), 0) < most) {
            oldest = each.next();
        }
        each.remove();
        forget(oldest.getKey());
        return true;
    }

    private boolean isLimited(long group) {
        return IpGroup.isLimited(group, exemptLoopback);
    }

    /// A key that would be the first to go does not come in.
    private boolean hasRoom(Key distance) {
        return entries.size() < KEYS_MAX && records < RECORDS_MAX
                || distance.compareTo(entries.lastKey()) < 0;
    }

    private void makeRoom() {
        while (entries.size() > KEYS_MAX || records > RECORDS_MAX) {
            var farthest = entries.pollLastEntry();
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

    /// At most `max` providers of `key`, drawn at random: first one of each network, then a second
    /// of each, and so on, and of each of these rounds those last that did not say it again when
    /// they should have, for many of them are dead. Whoever says it again and again is found no
    /// more often for it.
    List<KadPeer> find(Bytes key, int max, Instant now) {
        var ofKey = entries.get(self.distance(Key.of(key)));
        if (ofKey == null) {
            return List.of();
        }
        var drawn = new ArrayList<>(ofKey.entrySet());
        Collections.shuffle(drawn, random);
        drawn.sort(Comparator.comparing(entry -> isOverdue(entry.getValue(), now)));
        var counts = new HashMap<Long, Integer>();
        var rounds = new TreeMap<Integer, List<KadPeer>>();
        for (var entry : drawn) {
            var provider = providers.get(entry.getKey());
            if (provider != null && now.isBefore(entry.getValue().expires())) {
                long group = entry.getValue().group();
                int round = isLimited(group) ? counts.merge(group, 1, Integer::sum) : 1;
                rounds.computeIfAbsent(round, _ -> new ArrayList<>()).add(provider.peer);
            }
        }
        return rounds.values().stream().flatMap(List::stream).limit(max).toList();
    }

    /// Whether it was not renewed in half of its time, nor in an eighth more for the way.
    private boolean isOverdue(Entry entry, Instant now) {
        return now.isAfter(entry.expires().minus(ttl.multipliedBy(3).dividedBy(8)));
    }

    /// Forgets what nobody renewed.
    void expire(Instant now) {
        List.copyOf(entries.keySet()).forEach(distance -> expire(distance, now));
    }

    private void expire(Key distance, Instant now) {
        var ofKey = entries.get(distance);
        if (ofKey == null) {
            return;
        }
        var oldest = ofKey.entrySet().iterator();
        while (oldest.hasNext()) {
            var entry = oldest.next();
            if (now.isBefore(entry.getValue().expires())) {
                break;
            }
            oldest.remove();
            forget(entry.getKey());
        }
        if (ofKey.isEmpty()) {
            entries.remove(distance);
        }
    }
}
