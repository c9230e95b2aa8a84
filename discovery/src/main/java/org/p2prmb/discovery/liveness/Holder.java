package org.p2prmb.discovery.liveness;

import org.p2prmb.discovery.liveness.HotContact.Phase;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;

/// The holder's part: has its hot contacts' watchers tell it of deaths, and looks for itself before
/// it believes them, and from time to time in case they lie or died too.
///
/// ```
///          no pong to the ping of every 50 s, or the link broke
///   ALIVE ------------------------------------------------------> MISSING
///    ^  |                                                     ping every 2.5 s |
///    |  | obituary of a quorum                   obituary |                    | 25 s
///    |  +---------------------> CONFIRMING <--------------+                    |
///    |                   8 pings in 5 s | no pong                              |
///    |                                  v                                      v
///    +-- pong, link, newer lease ---- DEAD <-----------------------------------+
///                 2 pings after max(20 s, a thirtieth of the time dead)
/// ```
///
/// From MISSING and CONFIRMING any sign of life leads back too. The voters of an obituary that its
/// subject survived do not count for it for 10 minutes. A leaving lease ends in DEAD at once.
@Pure
final class Holder {
    private static final int CONFIRM_PINGS = 8;
    private static final int PATROL_DOUBT = 3;
    private static final int RECHECK_PINGS = 2;
    private static final int RECHECK_SHARE = 30;
    private static final int DEAD_MAX = LivenessConfig.HOT_MAX;

    private final Peers peers;
    private final Timing timing;
    private final Subscriptions subscriptions;
    private final SequencedMap<PeerId, HotContact> contacts = new LinkedHashMap<>();

    /// Dead contacts that nobody wants to hear of any more, except that they live again.
    private final SequencedSet<HotContact> unwanted = new LinkedHashSet<>();

    Holder(Peers peers) {
        this.peers = peers;
        this.timing = peers.timing();
        this.subscriptions = new Subscriptions(peers);
    }

    /// These are the contacts from now on.
    void hot(long now, Set<PeerId> wanted) {
        for (var contact : List.copyOf(contacts.values())) {
            if (!wanted.contains(contact.peer.id())) {
                unwant(contact);
            }
        }
        for (var id : wanted) {
            var known = contacts.get(id);
            if (known != null) {
                known.wanted = true;
                unwanted.remove(known);
            } else if (contacts.size() - unwanted.size() < LivenessConfig.HOT_MAX) {
                var peer = peers.meet(id);
                if (peer != null) {
                    add(now, peer);
                }
            }
        }
    }

    private void add(long now, Peer peer) {
        var contact = new HotContact(peer, this);
        peer.hot = contact;
        contacts.put(peer.id(), contact);
        peers.timers().set(contact, now + 1 + peers.random().nextLong(timing.welcome()));
    }

    private void unwant(HotContact contact) {
        contact.wanted = false;
        if (contact.phase != Phase.DEAD) {
            forget(contact);
            return;
        }
        unwanted.add(contact);
        if (unwanted.size() > DEAD_MAX) {
            forget(unwanted.getFirst());
        }
    }

    private void forget(HotContact contact) {
        subscriptions.dropAll(contact);
        peers.timers().stop(contact);
        contacts.remove(contact.peer.id());
        unwanted.remove(contact);
        contact.peer.hot = null;
        peers.retire(contact.peer);
    }

    void due(long now, HotContact contact) {
        boolean stalled = peers.health().stalledSince(contact.since);
        switch (contact.phase) {
            case ALIVE -> {
                if (peers.health().wokeAt(now)) {
                    // All are due: whoever stood still does not catch up in one moment.
                    long pause = 1 + peers.random().nextLong(2 * timing.spread());
                    peers.timers().set(contact, now + pause);
                } else {
                    miss(now, contact);
                }
            }
            case MISSING -> {
                if (stalled) {
                    miss(now, contact);
                } else if (now - contact.since >= timing.patience()) {
                    dead(now, contact, "it does not answer");
                } else {
                    step(now, contact, timing.patrolStep(), PATROL_DOUBT);
                }
            }
            case CONFIRMING -> {
                if (stalled) {
                    confirm(now, contact, contact.voters);
                } else if (contact.pings >= CONFIRM_PINGS) {
                    dead(now, contact, "its watchers and we get no answer");
                } else {
                    step(now, contact, confirmStep(), 1);
                }
            }
            case DEAD -> recheck(now, contact);
        }
    }

    /// Pings, and goes on with it until there is an answer.
    private void miss(long now, HotContact contact) {
        contact.phase = Phase.MISSING;
        contact.since = now;
        contact.pings = 0;
        step(now, contact, timing.patrolStep(), PATROL_DOUBT);
    }

    /// Another ping; `doubt` unanswered ones before it are reason enough to hide the contact.
    private void step(long now, HotContact contact, long pause, int doubt) {
        if (contact.pings >= doubt) {
            doubt(contact);
        }
        contact.pings++;
        if (contact.leaseWanted) {
            peers.ping(now, contact.peer, contact.leaseSequence);
        } else {
            peers.ping(now, contact.peer);
        }
        peers.timers().set(contact, now + pause);
    }

    private void doubt(HotContact contact) {
        if (!contact.doubted) {
            contact.doubted = true;
            peers.act(new Action.MarkDoubted(contact.peer.id()));
        }
    }

    /// At random times, 8 in 5 s on average.
    private long confirmStep() {
        long step = timing.confirm() / CONFIRM_PINGS;
        return step / 2 + peers.random().nextLong(step);
    }

    private void confirm(long now, HotContact contact, List<PeerId> voters) {
        contact.phase = Phase.CONFIRMING;
        contact.voters = voters;
        contact.since = now;
        contact.pings = 0;
        step(now, contact, confirmStep(), 1);
    }

    private void recheck(long now, HotContact contact) {
        if (now - contact.since > Timing.REMEMBERED) {
            forget(contact);
            return;
        }
        if (contact.peer.left) {
            // Its host may answer still; it comes back with a new link or a newer lease.
            peers.timers().set(contact, contact.since + Timing.REMEMBERED + 1);
            return;
        }
        peers.ping(now, contact.peer);
        contact.pings++;
        long pause = timing.patrolStep();
        if (contact.pings >= RECHECK_PINGS) {
            contact.pings = 0;
            pause = Math.max(timing.recheck(), (now - contact.since) / RECHECK_SHARE);
        }
        peers.timers().set(contact, now + peers.jittered(pause));
    }

    void dead(long now, HotContact contact, String reason) {
        if (contact.phase == Phase.DEAD) {
            return;
        }
        contact.phase = Phase.DEAD;
        contact.since = now;
        contact.pings = 0;
        contact.doubted = false;
        subscriptions.dropAll(contact);
        peers.timers().set(contact, now + peers.jittered(timing.recheck()));
        peers.act(new Action.MarkDead(contact.peer.id(), reason));
    }

    /// A sign of life.
    void alive(long now, HotContact contact) {
        if (contact.phase == Phase.CONFIRMING) {
            var discredited = new LinkedHashSet<PeerId>(contact.voters);
            if (now < contact.discreditedUntil) {
                discredited.addAll(contact.discredited);
            }
            contact.discredited = discredited.stream().limit(2 * Lease.WATCHERS_MAX).toList();
            contact.discreditedUntil = now + timing.renewal();
        }
        boolean wasDead = contact.phase == Phase.DEAD;
        contact.phase = Phase.ALIVE;
        contact.doubted = false;
        contact.voters = List.of();
        unwanted.remove(contact);
        if (wasDead) {
            peers.timers().set(contact, now + 1);
        } else if (contact.leaseWanted) {
            // It had too many askers, or the pong with the lease was lost.
            peers.timers().set(contact, now + peers.jittered(timing.probe()));
        } else {
            patrol(now, contact);
        }
    }

    private void patrol(long now, HotContact contact) {
        long pause = timing.patrol() - peers.random().nextLong(timing.patrol() / 10);
        peers.timers().set(contact, now + pause);
    }

    /// What a pong says of the watchers: a change is a reason to fetch the lease.
    void ponged(long now, HotContact contact, long watchersSince) {
        if (watchersSince > contact.leaseSequence && !contact.leaseWanted) {
            contact.leaseWanted = true;
            contact.leaseSequence = -1;
            peers.ping(now, contact.peer, 0);
        }
    }

    /// A newer lease, or the one that we asked for.
    void leased(long now, HotContact contact, Renewal renewal) {
        var watchers = renewal.watchers().orElse(null);
        if (contact.phase != Phase.DEAD && contact.leaseWanted && watchers != null) {
            contact.leaseWanted = false;
            contact.leaseSequence = renewal.lease().lease().sequence();
            subscriptions.choose(now, contact, watchers);
            if (contact.phase == Phase.ALIVE) {
                patrol(now, contact);
            }
        }
    }

    void introduced(long now, HotContact contact, List<PeerId> watchers) {
        subscriptions.introduced(now, contact, watchers);
    }

    void subscribed(long now, PeerId from, AliveFrame.Subscribed answer) {
        var contact = contacts.get(answer.subject());
        if (contact != null
                && subscriptions.answered(now, contact, from, answer.watching())
                && contact.phase == Phase.ALIVE) {
            peers.ping(now, contact.peer, 0);
        }
    }

    /// Somebody says that it left, and we know no lease to tell an old statement from a new one.
    void saidToHaveLeft(long now, HotContact contact) {
        if (contact.phase == Phase.ALIVE || contact.phase == Phase.MISSING) {
            confirm(now, contact, List.of());
        }
    }

    /// Its link broke: perhaps it died.
    void linkDown(long now, HotContact contact) {
        if (contact.phase == Phase.ALIVE) {
            miss(now, contact);
        }
    }

    /// A majority of its watchers says that it is gone, which is not believed but looked into.
    void buried(long now, HotContact contact, Obituary obituary) {
        boolean open = contact.phase == Phase.ALIVE || contact.phase == Phase.MISSING;
        var lease = obituary.lease().lease();
        // A true one has been preceded by a silence of S.
        boolean heard = now - contact.peer.heardAt < timing.suspicion();
        if (!open || heard || lease.sequence() < contact.leaseSequence) {
            return;
        }
        var voters = new ArrayList<PeerId>();
        for (var vote : obituary.votes()) {
            voters.add(vote.vote().voter());
        }
        if (now < contact.discreditedUntil) {
            var liars = new HashSet<>(contact.discredited);
            if (voters.stream().filter(each -> !liars.contains(each)).count() < lease.quorum()) {
                return;
            }
        }
        confirm(now, contact, List.copyOf(voters));
    }

    /// How far the doubts about a contact go that somebody asked about in vain.
    void unanswered(long now, HotContact contact) {
        if (contact.phase == Phase.ALIVE) {
            miss(now, contact);
        }
        if (contact.phase != Phase.DEAD) {
            contact.doubted = true;
            peers.act(new Action.MarkDoubted(contact.peer.id()));
        }
    }
}
