package org.p2prmb.discovery.kademlia;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/// What this peer keeps: values and providers for everybody, and what it published itself.
@Pure
final class Custody {
    private final PeerId self;
    private final boolean server;
    private final Validators validators;
    private final RecordStore records;
    private final ProviderStore providers;
    private final Publications publications;

    Custody(PeerId self, KademliaConfig config, Validators validators, RandomGenerator random) {
        var key = Key.of(self);
        this.self = self;
        this.server = config.server();
        this.validators = validators;
        this.records = new RecordStore(key, validators, config.recordTtl());
        this.providers =
                new ProviderStore(key, config.providerTtl(), config.exemptLoopback(), random);
        this.publications =
                new Publications(config.republishInterval(), config.reprovideInterval());
    }

    RecordStore records() {
        return records;
    }

    ProviderStore providers() {
        return providers;
    }

    Publications publications() {
        return publications;
    }

    /// Publishes a value from now on; false when it is not valid or there are too many.
    boolean publish(Bytes key, Bytes value, Instant now) {
        if (!validators.accept(key, value, now) || !publications.add(key, value, now)) {
            return false;
        }
        if (server) {
            records.put(self, new KadRecord(key, value), now);
        }
        return true;
    }

    /// Provides what the key names from now on; false when there are too many.
    boolean provide(Bytes key, KadPeer own, Instant now) {
        if (!publications.add(key, null, now)) {
            return false;
        }
        if (server) {
            providers.add(key, own, IpGroup.NONE, now);
        }
        return true;
    }

    /// The value that we publish or keep under the key.
    @Nullable Bytes value(Bytes key, Instant now) {
        var published = publications.value(key);
        return published == null
                ? records.find(key, now).map(KadRecord::value).orElse(null)
                : published;
    }

    /// Replaces a worse value that we keep under the key.
    void correct(Bytes key, Bytes best, Instant now) {
        var held = records.find(key, now).map(KadRecord::value);
        if (held.isPresent() && !held.get().equals(best)) {
            records.put(self, new KadRecord(key, best), now);
        }
    }

    List<KadPeer> providersOf(Bytes key, int max, Instant now) {
        return providers.find(key, max, now);
    }

    void expire(Instant now) {
        records.expire(now);
        providers.expire(now);
    }
}
