package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;

/// A contact whose death we want to hear of.
@Pure
final class HotContact {
    /// See [Holder].
    enum Phase {
        ALIVE,
        MISSING,
        CONFIRMING,
        DEAD
    }

    final Peer peer;
    final Timers.Timer timer;
    Phase phase = Phase.ALIVE;

    /// When the first ping of this doubt was sent, or when it died.
    long since;

    int pings;
    boolean doubted;

    /// Whether the owner of the contacts still lists it; a dead one may be looked at unlisted.
    boolean wanted = true;

    /// Of the lease whose watchers we know, -1 when we have to ask.
    long leaseSequence = -1;

    boolean leaseWanted = true;

    /// Those who signed an obituary that it survived; they count again when the time is over.
    List<PeerId> discredited = List.of();

    long discreditedUntil = Timers.LONG_AGO;

    /// The voters of the obituary that is being checked.
    List<PeerId> voters = List.of();

    /// The watchers that we want to hear from, at most 2.
    List<Subscription> subscriptions = List.of();

    HotContact(Peer peer, Timers timers, Timers.Task task) {
        this.peer = peer;
        this.timer = timers.timer(task);
    }

    /// That a watcher tells us of the death.
    static final class Subscription {
        final Bytes fingerprint;
        final Timers.Timer timer;
        @Nullable PeerId watcher;
        int tries;
        boolean confirmed;

        Subscription(Bytes fingerprint, Timers.Timer timer) {
            this.fingerprint = fingerprint;
            this.timer = timer;
        }
    }
}
