package org.p2prmb.discovery.liveness;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;

import java.time.Duration;
import java.time.Instant;

/// The point of the DHT near which an agent looks for watchers on one day, so that nobody can
/// settle there for good: the SHA-256 of the canonical list `rmb/watchers/1`, the multihash of the
/// agent's peer id, and the day.
public final class WatcherKey {
    private static final String DOMAIN = "rmb/watchers/1";

    private WatcherKey() {}

    /// The key of `subject`, 32 bytes, on the day (UTC) of `now`, given as days since 1970.
    public static Bytes of(PeerId subject, Instant now) {
        var day = Math.floorDiv(now.getEpochSecond(), Duration.ofDays(1).toSeconds());
        return Canonical.domain(DOMAIN).bytes(subject.multihash()).longNumber(day).sha256();
    }
}
