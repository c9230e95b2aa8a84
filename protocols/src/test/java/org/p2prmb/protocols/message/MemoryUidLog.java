package org.p2prmb.protocols.message;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A uid log in memory; what a restart finds is made by [#restarted].
final class MemoryUidLog implements UidLog {
    private record Key(Bytes uid, PeerId source) {}

    private final int max;
    private final Instant since;
    private final Map<Key, Optional<Bytes>> answers = new HashMap<>();
    private final Map<Key, Boolean> interrupted = new HashMap<>();

    MemoryUidLog(int max) {
        this(max, Instant.EPOCH);
    }

    MemoryUidLog(int max, Instant since) {
        this.max = max;
        this.since = since;
    }

    synchronized MemoryUidLog restarted() {
        var log = new MemoryUidLog(max, since);
        answers.forEach((key, answer) -> {
            log.answers.put(key, answer);
            log.interrupted.put(key, answer.isEmpty());
        });
        return log;
    }

    @Override
    public synchronized Claim claim(Bytes uid, PeerId source, Instant expiresAt) {
        var key = new Key(uid, source);
        var known = answers.get(key);
        if (known == null) {
            if (answers.size() >= max) {
                return new Claim.Full();
            }
            answers.put(key, Optional.empty());
            return new Claim.Fresh();
        }
        if (known.isPresent()) {
            return new Claim.Repeat(known.get());
        }
        return interrupted.getOrDefault(key, false)
                ? new Claim.Interrupted()
                : new Claim.InProgress();
    }

    @Override
    public synchronized void answered(Bytes uid, PeerId source, Bytes answer) {
        answers.replace(new Key(uid, source), Optional.of(answer));
    }

    @Override
    public Instant since() {
        return since;
    }
}
