package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// IDONTWANT, both ways: tells the mesh which large messages have arrived, so that it need not send
/// them again, and remembers what peers have told us.
///
/// Only whom we would send to anyway is remembered: the mesh and direct peers. Who sends us what we
/// do not want breaks no rule, for the two may have crossed.
@Pure
final class DontWant {
    private final GossipConfig config;
    private final Peers peers;
    private final PeerScore scores;
    private final Mesh mesh;
    private final Outbox outbox;
    private final Map<PeerId, SequencedMap<Bytes, Long>> unwanted = new HashMap<>();
    private long beat;

    DontWant(GossipConfig config, Peers peers, PeerScore scores, Mesh mesh, Outbox outbox) {
        this.config = config;
        this.peers = peers;
        this.scores = scores;
        this.mesh = mesh;
        this.outbox = outbox;
    }

    /// The first copy of a message is here: says so at once, before it is validated, unless it is
    /// too small to be worth the word.
    void arrived(PeerId from, GossipMessage message) {
        if (large(message)) {
            for (var peer : mesh.of(message.topic())) {
                if (!peer.equals(from) && peers.speaks(peer, GossipVersion.V1_2)) {
                    outbox.idontwant(peer, message.id());
                }
            }
        }
    }

    /// What arrived was no true copy: asks for one whom we told that we want none, or a forger who
    /// is quick could keep the message from us.
    void retract(PeerId forger, GossipMessage message) {
        if (large(message)) {
            for (var peer : mesh.of(message.topic())) {
                if (!peer.equals(forger) && peers.speaks(peer, GossipVersion.V1_2)) {
                    outbox.iwant(peer, List.of(message.id()));
                }
            }
        }
    }

    private boolean large(GossipMessage message) {
        return message.data().size() >= config.limits().dontWantBytesMin();
    }

    /// A peer does not want these messages from us. More words than a peer needs are a flood.
    void told(PeerId from, List<Idontwant> words) {
        var peer = peers.find(from).orElse(null);
        if (words.isEmpty() || peer == null) {
            return;
        }
        var wordsMax = config.limits().dontWantsPerBeatMax();
        var room = wordsMax - peer.dontWants;
        peer.dontWants += words.size();
        if (peer.dontWants > wordsMax && room >= 0) {
            scores.misbehaved(from, 1);
        }
        if (room > 0 && (config.direct(from) || mesh.contains(from))) {
            var ids = unwanted.computeIfAbsent(from, _ -> new LinkedHashMap<>());
            words.stream()
                    .limit(room)
                    .flatMap(word -> word.ids().stream())
                    .forEach(id -> {
                        ids.putLast(id, beat);
                        if (ids.size() > config.limits().dontWantIdsMax()) {
                            ids.pollFirstEntry();
                        }
                    });
        }
    }

    /// Whether the peer would make use of the message.
    boolean wanted(PeerId peer, Bytes id) {
        var ids = unwanted.get(peer);
        return ids == null || !ids.containsKey(id);
    }

    /// A heartbeat has passed: forgets what was told too long ago.
    void heartbeat() {
        beat++;
        var oldest = beat - config.timing().dontWantBeats();
        unwanted.values()
                .removeIf(ids -> {
                    while (!ids.isEmpty() && ids.firstEntry().getValue() <= oldest) {
                        ids.pollFirstEntry();
                    }
                    return ids.isEmpty();
                });
    }

    void remove(PeerId peer) {
        unwanted.remove(peer);
    }

    /// How many ids are remembered of all peers.
    int size() {
        return unwanted.values().stream().mapToInt(Map::size).sum();
    }
}
