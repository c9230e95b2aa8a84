package org.p2prmb.discovery.kademlia;

import org.p2prmb.libp2p.core.Bytes;

import java.time.Instant;

/// Says which values may stand under the keys of one namespace, and which of two is the better.
///
/// It is called by a machine: it neither waits nor reads a clock.
public interface Validator {
    /// Whether `value` may stand under `key` at `now`; the value comes from a stranger.
    boolean accepts(Bytes key, Bytes value, Instant now);

    /// Whether `value` replaces `current`; both were accepted under one key.
    boolean isBetter(Bytes value, Bytes current);
}
