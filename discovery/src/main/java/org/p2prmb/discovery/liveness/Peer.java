package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Fingerprint;
import org.p2prmb.protocols.statements.Lease;

/// Another agent, as far as we have to do with it: our link, its newest lease, our pings, and the
/// parts that it plays.
@Pure
final class Peer {
    private final PeerId id;
    private @Nullable Bytes fingerprint;

    /// Null until we ping it, which we do to few of those that we are linked with.
    @Nullable Pings pings;

    boolean linked;

    /// We asked for the link, so it is for us to give it up.
    boolean asked;

    /// The last link broke: what still arrives may have been sent before a death.
    boolean lost;

    boolean left;
    long heardAt = Timers.LONG_AGO;

    /// Of its newest lease, -1 when there is none.
    long sequence = -1;

    /// Whether its newest lease lists enough watchers.
    boolean watched;

    int intervalMillis;
    long recordSequence = -1;

    @Nullable Subject subject;
    @Nullable Watcher watcher;
    @Nullable HotContact hot;
    @Nullable Neighbour neighbour;

    Peer(PeerId id) {
        this.id = id;
    }

    PeerId id() {
        return id;
    }

    Bytes fingerprint() {
        var known = fingerprint;
        if (known == null) {
            known = Fingerprint.of(id);
            fingerprint = known;
        }
        return known;
    }

    /// Whether this nonce is of one of our pings that is newer than the last one answered.
    boolean pong(long now, long nonce) {
        return pings != null && pings.pong(now, nonce);
    }

    /// What was sent on the broken link is not answered any more.
    void forgetPings() {
        if (pings != null) {
            pings.forget();
        }
    }

    long pingedAt() {
        return pings == null ? Timers.LONG_AGO : pings.last();
    }

    /// How long to wait for a pong.
    long timeout(Timing timing) {
        return pings == null ? timing.timeoutMax() : pings.timeout(timing);
    }

    /// Takes note of a lease; false for one that is not newer than the last.
    boolean holds(Lease lease) {
        if (lease.sequence() <= sequence) {
            return false;
        }
        sequence = lease.sequence();
        watched = lease.isWatched();
        intervalMillis = Math.toIntExact(lease.interval().toMillis());
        left = lease.leaving();
        return true;
    }

    /// Whether a majority of watchers decides on it, and not each neighbour for itself.
    boolean isDirect() {
        return sequence >= 0 && !watched;
    }

    /// What a sign of life of it will read, as [LivenessMachine#foresee].
    int foresee(int depth) {
        if (depth == 0) {
            return (int) heardAt;
        }
        return id.hashCode() + (pings == null ? 0 : (int) pings.last());
    }

    /// The same with the timers that it sets.
    int foresee(Timers timers, int depth) {
        int read = depth < 2 ? foresee(depth) : 0;
        if (depth > 0 && subject != null) {
            read += timers.foresee(subject, depth - 1);
        }
        if (depth > 0 && hot != null) {
            read += timers.foresee(hot, depth - 1);
        }
        return read;
    }

    /// Whether we need a link with it.
    boolean isNeeded() {
        return subject != null || watcher != null || hot != null || neighbour != null;
    }
}
