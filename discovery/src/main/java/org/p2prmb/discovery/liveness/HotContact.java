package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;

import java.util.List;

/// A contact whose death we want to hear of, and the alarm for our next look at it.
@Pure
final class HotContact extends Timers.Timer {
    /// See [Holder].
    enum Phase {
        ALIVE,
        MISSING,
        CONFIRMING,
        DEAD
    }

    final Peer peer;
    private final Holder holder;
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

    HotContact(Peer peer, Holder holder) {
        this.peer = peer;
        this.holder = holder;
    }

    @Override
    public void due(long now) {
        holder.due(now, this);
    }

    @Override
    int foresee(int depth) {
        return depth == 0 ? super.foresee(0) : peer.foresee(depth - 1);
    }

    /// That a watcher tells us of the death, and the alarm for asking it again.
    static final class Subscription extends Timers.Timer {
        final HotContact contact;
        final Bytes fingerprint;
        private final Subscriptions subscriptions;
        @Nullable PeerId watcher;
        int tries;
        boolean confirmed;

        Subscription(HotContact contact, Bytes fingerprint, Subscriptions subscriptions) {
            this.contact = contact;
            this.fingerprint = fingerprint;
            this.subscriptions = subscriptions;
        }

        @Override
        public void due(long now) {
            subscriptions.due(now, this);
        }
    }
}
