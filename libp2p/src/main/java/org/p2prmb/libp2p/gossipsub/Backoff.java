package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// Who must not graft whom, in which topic and until when, because one of the two pruned.
@Pure
final class Backoff {
    private record Pair(String topic, PeerId peer) {}

    private record Span(Instant since, Instant until) {}

    private final Duration slack;
    private final int backoffsMax;
    private final SequencedMap<Pair, Span> spans = new LinkedHashMap<>();

    /// `slack` is added before we graft ourselves: the remote's clock started later than ours.
    Backoff(Duration slack, int backoffsMax) {
        this.slack = slack;
        this.backoffsMax = backoffsMax;
    }

    /// Records a PRUNE, sent or received; a longer backoff that runs already stays.
    void record(Instant now, String topic, PeerId peer, Duration length) {
        var pair = new Pair(topic, peer);
        var until = now.plus(length);
        var old = spans.remove(pair);
        if (old != null && old.until.isAfter(until)) {
            until = old.until;
        }
        while (spans.size() >= backoffsMax) {
            spans.pollFirstEntry();
        }
        spans.put(pair, new Span(now, until));
    }

    /// Whether the peer breaks the rules when it grafts us now.
    boolean running(Instant now, String topic, PeerId peer) {
        var span = spans.get(new Pair(topic, peer));
        return span != null && now.isBefore(span.until);
    }

    /// Whether we had better not graft the peer yet.
    boolean runningWithSlack(Instant now, String topic, PeerId peer) {
        var span = spans.get(new Pair(topic, peer));
        return span != null && now.isBefore(span.until.plus(slack));
    }

    /// Whether the last PRUNE is younger than `age`.
    boolean youngerThan(Instant now, String topic, PeerId peer, Duration age) {
        var span = spans.get(new Pair(topic, peer));
        return span != null && now.isBefore(span.since.plus(age));
    }

    void expire(Instant now) {
        spans.values().removeIf(span -> !now.isBefore(span.until.plus(slack)));
    }

    int size() {
        return spans.size();
    }
}
