package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// The ids of the messages that were met lately and what became of them; bounded by age and count.
@Pure
final class SeenCache {
    enum Outcome {
        PENDING,
        ACCEPTED,
        REJECTED,
        IGNORED
    }

    /// One met message. Who delivered it is only kept where deliveries are scored.
    static final class Entry {
        private final Instant met;
        private final String topic;
        private Outcome outcome = Outcome.PENDING;
        private Instant decided = Instant.MAX;
        private List<PeerId> deliverers = List.of();

        private Entry(Instant met, String topic) {
            this.met = met;
            this.topic = topic;
        }

        String topic() {
            return topic;
        }

        Outcome outcome() {
            return outcome;
        }

        Instant decided() {
            return decided;
        }

        void decide(Instant now, Outcome decision) {
            outcome = decision;
            decided = now;
        }

        /// True the first time for each peer.
        boolean deliveredBy(PeerId peer) {
            if (deliverers.contains(peer)) {
                return false;
            }
            if (deliverers.isEmpty()) {
                deliverers = new ArrayList<>();
            }
            return deliverers.add(peer);
        }
    }

    private final Duration age;
    private final int seenMax;
    private final SequencedMap<Bytes, Entry> entries = new LinkedHashMap<>();

    SeenCache(Duration age, int seenMax) {
        this.age = age;
        this.seenMax = seenMax;
    }

    Optional<Entry> find(Bytes id) {
        return Optional.ofNullable(entries.get(id));
    }

    boolean contains(Bytes id) {
        return entries.containsKey(id);
    }

    /// Remembers a message that [#find] does not know; the oldest makes room.
    Entry add(Instant now, GossipMessage message) {
        while (entries.size() >= seenMax) {
            entries.pollFirstEntry();
        }
        var entry = new Entry(now, message.topic());
        entries.put(message.id(), entry);
        return entry;
    }

    void forget(Bytes id) {
        entries.remove(id);
    }

    void expire(Instant now) {
        var oldest = now.minus(age);
        while (!entries.isEmpty() && !entries.firstEntry().getValue().met.isAfter(oldest)) {
            entries.pollFirstEntry();
        }
    }

    int size() {
        return entries.size();
    }
}
