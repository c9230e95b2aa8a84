package org.p2prmb.libp2p.yamux;

import org.p2prmb.libp2p.core.Pure;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// When the remote was last heard of, the one ping that is under way, and the round trip it tells.
@Pure
final class Heartbeat {
    private static final long OPAQUE_MASK = 0xffff_ffffL;

    private final Duration keepAlive;
    private final Duration timeout;
    private OptionalLong pinged = OptionalLong.empty();
    private long nextOpaque = 1;
    private Instant pingedAt;
    private Instant heardAt;
    private Instant measuredAt = Instant.MIN;
    private Duration roundTrip = Duration.ZERO;

    Heartbeat(YamuxConfig config, Instant now) {
        keepAlive = config.keepAlive();
        timeout = config.pingTimeout();
        pingedAt = now;
        heardAt = now;
    }

    void heard(Instant now) {
        heardAt = now;
    }

    /// The opaque value of the ping to send; empty while one is under way.
    OptionalLong ping(Instant now) {
        if (pinged.isPresent()) {
            return OptionalLong.empty();
        }
        pinged = OptionalLong.of(nextOpaque);
        nextOpaque = nextOpaque + 1 & OPAQUE_MASK;
        pingedAt = now;
        return pinged;
    }

    /// The round trip; empty when nobody asked for this pong.
    Optional<Duration> pong(Instant now, long opaque) {
        if (pinged.isEmpty() || pinged.getAsLong() != opaque) {
            return Optional.empty();
        }
        pinged = OptionalLong.empty();
        roundTrip = Duration.between(pingedAt, now);
        measuredAt = now;
        return Optional.of(roundTrip);
    }

    /// The last round trip that was measured, zero before the first.
    Duration roundTrip() {
        return roundTrip;
    }

    boolean measuredWithin(Instant now, Duration age) {
        return measuredAt.isAfter(now.minus(age));
    }

    /// True when a ping went unanswered in a silence of [YamuxConfig#pingTimeout].
    boolean lost(Instant now) {
        return pinged.isPresent() && !now.isBefore(lostAt());
    }

    boolean pingDue(Instant now) {
        return pinged.isEmpty() && !now.isBefore(heardAt.plus(keepAlive));
    }

    Instant nextTick() {
        return pinged.isPresent() ? lostAt() : heardAt.plus(keepAlive);
    }

    /// Whatever comes proves life: a pong may queue behind much data.
    private Instant lostAt() {
        return (heardAt.isAfter(pingedAt) ? heardAt : pingedAt).plus(timeout);
    }
}
