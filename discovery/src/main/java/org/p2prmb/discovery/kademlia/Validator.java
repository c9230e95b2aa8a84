package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;
import java.util.Optional;

/// Says which values may stand under the keys of one namespace, and which of two is the better.
///
/// It is called by a machine: it neither waits nor reads a clock.
public interface Validator {
    /// Until when `value` may stand under `key`; empty when it may not at all. The value comes from
    /// a stranger.
    Optional<Instant> validUntil(Bytes key, Bytes value);

    /// Whether `value` replaces `current`; both are valid under one key.
    boolean isBetter(Bytes value, Bytes current);
}
