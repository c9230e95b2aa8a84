package org.p2prmb.protocols.contacts;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PublicKey;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An owner book in memory.
public final class MemoryOwnerBook implements OwnerBook {
    private final Map<PublicKey, Bytes> records = new HashMap<>();
    private final Map<PublicKey, Long> sequences = new HashMap<>();
    private final Map<List<PublicKey>, Long> delegations = new HashMap<>();

    @Override
    public synchronized Optional<Bytes> ownerRecord(PublicKey owner) {
        return Optional.ofNullable(records.get(owner));
    }

    @Override
    public synchronized boolean putOwnerRecord(
            PublicKey owner, long sequence, Bytes statement, Instant expires) {
        if (sequences.getOrDefault(owner, -1L) >= sequence) {
            return false;
        }
        sequences.put(owner, sequence);
        records.put(owner, statement);
        return true;
    }

    @Override
    public synchronized boolean putDelegation(PublicKey owner, PublicKey device, long sequence) {
        return delegations.merge(List.of(owner, device), sequence, Math::max) == sequence;
    }
}
