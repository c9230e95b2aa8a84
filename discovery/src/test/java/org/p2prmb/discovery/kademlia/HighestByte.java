package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;
import java.util.Optional;

/// Accepts values that begin with a `v`; the one with the highest second byte is the best.
final class HighestByte implements Validator {
    @Override
    public Optional<Instant> validUntil(Bytes key, Bytes value) {
        return value.size() >= 2 && value.at(0) == 'v'
                ? Optional.of(Instant.MAX)
                : Optional.empty();
    }

    @Override
    public boolean isBetter(Bytes value, Bytes current) {
        return value.at(1) > current.at(1);
    }
}
