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
    private final long nonceBase;
    private final RoundTrips roundTrips = new RoundTrips();
    private @Nullable Bytes fingerprint;
    private int pings;
    private int answered;
    private long pingedAt = Timers.LONG_AGO;

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

    long interval;
    long recordSequence = -1;

    @Nullable Subject subject;
    @Nullable Watcher watcher;
    @Nullable HotContact hot;
    @Nullable Neighbour neighbour;

    Peer(PeerId id, long nonceBase) {
        this.id = id;
        this.nonceBase = nonceBase;
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

    /// The nonce of another ping to it.
    long ping(long now) {
        pings++;
        pingedAt = now;
        return nonceBase + pings;
    }

    /// Whether this nonce is of one of our pings that is newer than the last one answered.
    boolean pong(long now, long nonce) {
        long ping = nonce - nonceBase;
        if (ping <= answered || ping > pings) {
            return false;
        }
        answered = (int) ping;
        if (ping == pings) {
            roundTrips.measured(now - pingedAt);
        }
        return true;
    }

    /// What was sent on the broken link is not answered any more.
    void forgetPings() {
        answered = pings;
    }

    long pingedAt() {
        return pingedAt;
    }

    long timeout(Timing timing) {
        return roundTrips.timeout(timing);
    }

    /// Takes note of a lease; false for one that is not newer than the last.
    boolean holds(Lease lease) {
        if (lease.sequence() <= sequence) {
            return false;
        }
        sequence = lease.sequence();
        watched = lease.isWatched();
        interval = lease.interval().toMillis();
        left = lease.leaving();
        return true;
    }

    /// Whether a majority of watchers decides on it, and not each neighbour for itself.
    boolean isDirect() {
        return sequence >= 0 && !watched;
    }

    /// Whether we need a link with it.
    boolean isNeeded() {
        return subject != null || watcher != null || hot != null || neighbour != null;
    }
}
