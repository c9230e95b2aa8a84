package org.p2prmb.interop;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.message.UidLog;

/// The uids of an agent that lives as long as a test.
final class MemoryUids implements UidLog {
    private final Map<Message, Optional<Bytes>> answers = new HashMap<>();

    private record Message(Bytes uid, PeerId source) {}

    @Override
    public synchronized Claim claim(Bytes uid, PeerId source, Instant expiresAt) {
        var known = answers.putIfAbsent(new Message(uid, source), Optional.empty());
        if (known == null) {
            return new Claim.Fresh();
        }
        return known.isPresent() ? new Claim.Repeat(known.get()) : new Claim.InProgress();
    }

    @Override
    public synchronized void answered(Bytes uid, PeerId source, Bytes answer) {
        answers.replace(new Message(uid, source), Optional.of(answer));
    }

    @Override
    public Instant since() {
        return Instant.EPOCH;
    }
}
