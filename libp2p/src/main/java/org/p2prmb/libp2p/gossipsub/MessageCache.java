package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The valid messages of the last heartbeats: what we announce with IHAVE and serve to IWANT.
@Pure
final class MessageCache {
    private static final class Entry {
        final GossipMessage message;
        final long beat;
        final Map<PeerId, Integer> served = new HashMap<>(0);

        Entry(GossipMessage message, long beat) {
            this.message = message;
            this.beat = beat;
        }
    }

    private final GossipConfig.Timing timing;
    private final GossipConfig.Limits limits;
    private final SequencedMap<Bytes, Entry> entries = new LinkedHashMap<>();
    private long beat;
    private long bytes;

    MessageCache(GossipConfig.Timing timing, GossipConfig.Limits limits) {
        this.timing = timing;
        this.limits = limits;
    }

    void put(GossipMessage message) {
        if (entries.putIfAbsent(message.id(), new Entry(message, beat)) == null) {
            bytes += message.encoded().size();
        }
        while (entries.size() > limits.cacheMessagesMax() || bytes > limits.cacheBytesMax()) {
            removeOldest();
        }
    }

    /// The message, unless `peer` has already been given it as often as one may ask.
    Optional<GossipMessage> serve(Bytes id, PeerId peer) {
        var entry = entries.get(id);
        if (entry == null || entry.served.merge(peer, 1, Integer::sum) > limits.servedMax()) {
            return Optional.empty();
        }
        return Optional.of(entry.message);
    }

    /// The ids of the last `gossipBeats` heartbeats by topic, oldest first.
    Map<String, List<Bytes>> recent() {
        var recent = new LinkedHashMap<String, List<Bytes>>();
        for (var entry : entries.values()) {
            if (entry.beat > beat - timing.gossipBeats()) {
                recent.computeIfAbsent(entry.message.topic(), _ -> new ArrayList<>())
                        .add(entry.message.id());
            }
        }
        return recent;
    }

    /// A heartbeat has passed: the messages of the oldest window go.
    void shift() {
        beat++;
        while (!entries.isEmpty()
                && entries.firstEntry().getValue().beat <= beat - timing.historyBeats()) {
            removeOldest();
        }
    }

    int size() {
        return entries.size();
    }

    private void removeOldest() {
        bytes -= entries.pollFirstEntry().getValue().message.encoded().size();
    }
}
