package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.HotContact.Subscription;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Fingerprint;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Watchers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// That we hear of a contact's death: two of its watchers, chosen at random, told to tell us.
///
/// ```
///   lease --2 fingerprints--> UNKNOWN --Introduced--> ASKED --Subscribed--> CONFIRMED
///                                |                      |      10 min |        |
///                                +--- 3 tries, or no watcher ---------+<-------+
///                                                       v
///                                 (another watcher, from a lease fetched anew)
/// ```
@Pure
final class Subscriptions {
    private static final int EACH = 2;
    private static final int TRIES = 3;

    private final Peers peers;
    private final Timing timing;

    Subscriptions(Peers peers) {
        this.peers = peers;
        this.timing = peers.timing();
    }

    /// Chooses among the watchers of a lease; those already chosen stay as long as they are listed.
    void choose(long now, HotContact contact, Watchers listed) {
        var kept = new ArrayList<Subscription>(EACH);
        for (var subscription : contact.subscriptions) {
            if (decide(listed) && listed.indexOf(subscription.fingerprint) >= 0) {
                kept.add(subscription);
            } else {
                drop(subscription);
            }
        }
        var own = peers.own().fingerprint();
        if (decide(listed) && listed.indexOf(own) < 0) {
            var others = new ArrayList<>(listed.fingerprints());
            kept.forEach(each -> others.remove(each.fingerprint));
            Collections.shuffle(others, peers.random());
            for (int at = 0; kept.size() < EACH && at < others.size(); at++) {
                kept.add(subscription(contact, others.get(at)));
            }
        }
        contact.subscriptions = List.copyOf(kept);
        introduce(now, contact);
    }

    /// Whether they are enough for their majority to count.
    private static boolean decide(Watchers listed) {
        return listed.count() >= Lease.WATCHERS_MIN;
    }

    private Subscription subscription(HotContact contact, Bytes fingerprint) {
        return new Subscription(contact, fingerprint, this);
    }

    private void introduce(long now, HotContact contact) {
        var unknown = new ArrayList<Bytes>(EACH);
        for (var subscription : contact.subscriptions) {
            if (subscription.watcher == null && !subscription.isSet()) {
                unknown.add(subscription.fingerprint);
                retry(now, subscription);
            }
        }
        if (!unknown.isEmpty()) {
            peers.send(contact.peer, new AliveFrame.Introduce(unknown));
        }
    }

    private void retry(long now, Subscription subscription) {
        subscription.tries++;
        peers.timers().set(subscription, now + peers.jittered(timing.retry()));
    }

    /// The contact introduced some of its watchers.
    void introduced(long now, HotContact contact, List<PeerId> watchers) {
        for (var subscription : contact.subscriptions) {
            if (subscription.watcher == null) {
                subscription.watcher = match(subscription.fingerprint, watchers);
                if (subscription.watcher != null) {
                    subscription.tries = 0;
                    ask(now, contact, subscription);
                }
            }
        }
    }

    private static @Nullable PeerId match(Bytes fingerprint, List<PeerId> watchers) {
        for (var watcher : watchers) {
            if (Fingerprint.of(watcher).equals(fingerprint)) {
                return watcher;
            }
        }
        return null;
    }

    private void ask(long now, HotContact contact, Subscription subscription) {
        var watcher = subscription.watcher;
        if (watcher != null) {
            peers.send(watcher, new AliveFrame.Subscribe(contact.peer.id()));
        }
        retry(now, subscription);
    }

    void due(long now, Subscription subscription) {
        var contact = subscription.contact;
        if (contact.phase == HotContact.Phase.DEAD) {
            return;
        }
        if (subscription.confirmed) {
            subscription.confirmed = false;
            subscription.tries = 0;
        }
        if (subscription.tries >= TRIES) {
            replace(contact, subscription);
        } else if (subscription.watcher == null) {
            introduce(now, contact);
        } else {
            ask(now, contact, subscription);
        }
    }

    /// Another watcher has to do; the lease that lists them is fetched again.
    private void replace(HotContact contact, Subscription failed) {
        drop(failed);
        contact.subscriptions =
                contact.subscriptions.stream().filter(each -> each != failed).toList();
        contact.leaseWanted = true;
        contact.leaseSequence = -1;
    }

    private void drop(Subscription subscription) {
        peers.timers().stop(subscription);
        if (subscription.watcher != null) {
            peers.release(subscription.watcher);
        }
    }

    void dropAll(HotContact contact) {
        contact.subscriptions.forEach(this::drop);
        contact.subscriptions = List.of();
        contact.leaseWanted = true;
        contact.leaseSequence = -1;
    }

    /// A watcher's answer; true when another one has to be found.
    boolean answered(long now, HotContact contact, PeerId watcher, boolean watching) {
        for (var subscription : contact.subscriptions) {
            if (watcher.equals(subscription.watcher)) {
                if (!watching) {
                    replace(contact, subscription);
                    return true;
                }
                subscription.confirmed = true;
                peers.timers().set(subscription, now + peers.jittered(timing.renewal()));
            }
        }
        return false;
    }
}
