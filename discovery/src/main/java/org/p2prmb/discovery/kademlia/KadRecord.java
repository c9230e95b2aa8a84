package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;
import java.util.Optional;

/// A value under its key.
///
/// @param receivedAt when the peer that sends it got it; a claim
public record KadRecord(Bytes key, Bytes value, Optional<Instant> receivedAt) {
    public KadRecord(Bytes key, Bytes value) {
        this(key, value, Optional.empty());
    }
}
