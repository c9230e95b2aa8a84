package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// The messages that peers announced, that we asked for and that must now arrive: who does not keep
/// the promise of an IHAVE is punished.
@Pure
final class GossipPromises {
    private final int promisesMax;
    private final SequencedMap<Bytes, SequencedMap<PeerId, Instant>> promises =
            new LinkedHashMap<>();

    GossipPromises(int promisesMax) {
        this.promisesMax = promisesMax;
    }

    /// `peer` owes us the message until `due`; an earlier promise of the same stays.
    void add(PeerId peer, Bytes id, Instant due) {
        if (promises.size() < promisesMax || promises.containsKey(id)) {
            promises.computeIfAbsent(id, _ -> new LinkedHashMap<>()).putIfAbsent(peer, due);
        }
    }

    /// The message came, from whomever.
    void fulfilled(Bytes id) {
        promises.remove(id);
    }

    void forget(PeerId peer) {
        promises.values().removeIf(owing -> owing.remove(peer) != null && owing.isEmpty());
    }

    /// Who broke how many promises by now; each is told once.
    Map<PeerId, Integer> broken(Instant now) {
        var broken = new LinkedHashMap<PeerId, Integer>();
        promises.values()
                .removeIf(owing -> {
                    owing.entrySet()
                            .removeIf(debt -> {
                                var late = !now.isBefore(debt.getValue());
                                if (late) {
                                    broken.merge(debt.getKey(), 1, Integer::sum);
                                }
                                return late;
                            });
                    return owing.isEmpty();
                });
        return broken;
    }

    int size() {
        return promises.size();
    }
}
