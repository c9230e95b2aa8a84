package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;

/// Accepts values that begin with a `v`; the one with the highest second byte is the best.
final class HighestByte implements Validator {
    @Override
    public boolean accepts(Bytes key, Bytes value, Instant now) {
        return value.size() >= 2 && value.at(0) == 'v';
    }

    @Override
    public boolean isBetter(Bytes value, Bytes current) {
        return value.at(1) > current.at(1);
    }
}
