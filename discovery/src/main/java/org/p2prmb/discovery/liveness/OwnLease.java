package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.Watchers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/// Our own lease: renewed every interval, when our watchers change, when a majority of them
/// suspects us, and when we leave.
///
/// Watchers fetch it with their pings. It is sent unasked only to those that suspect us, to
/// neighbours as long as we have too few watchers, and when we leave.
@Pure
final class OwnLease {
    /// Links on which an unasked lease travels.
    private static final int PUSHED_MAX = 64;

    private static final long REFUTATION_GAP = 1_000;

    /// In which so many pongs carry our lease.
    private static final long LEASE_GAP = 1_000;

    private static final int LEASED_MAX = 3;

    private final Peers peers;
    private final WatcherChoice choice;
    private final Timers.Timer renewal;
    private final SequencedSet<Peer> suspecting = new LinkedHashSet<>();
    private int leased;
    private long leasedSince = Timers.LONG_AGO;
    private @Nullable Renewal current;

    /// The same for those who know the watchers.
    private @Nullable Renewal bare;

    /// Of the current lease, -1 when there is none.
    private long sequence = -1;

    private long watchersSince;
    private Set<PeerId> listed = Set.of();
    private List<PeerId> signing = List.of();
    private boolean awaiting;
    private boolean dirty;
    private boolean leaving;
    private long askedAt;
    private long changedAt;

    OwnLease(Peers peers, int watchers) {
        this.peers = peers;
        this.choice = new WatcherChoice(peers, watchers, this::watchersChanged);
        this.renewal = Timers.timer(this::due);
    }

    void start(long now) {
        changedAt = now - peers.timing().changeGap();
        choice.start(now);
        due(now);
    }

    WatcherChoice choice() {
        return choice;
    }

    boolean isLeaving() {
        return leaving;
    }

    private void watchersChanged(long now) {
        dirty = true;
        var soonest = changedAt + peers.timing().changeGap();
        peers.timers().hasten(renewal, Math.max(now + peers.timing().gather(), soonest));
    }

    private void due(long now) {
        sign(now);
        peers.timers().set(renewal, now + peers.jittered(peers.timing().interval()));
    }

    private void sign(long now) {
        var watchers = choice.watchers();
        var fingerprints = new ArrayList<Bytes>(watchers.size());
        var ids = new ArrayList<PeerId>(watchers.size());
        for (var watcher : watchers) {
            fingerprints.add(watcher.peer.fingerprint());
            ids.add(watcher.peer.id());
        }
        if (dirty) {
            dirty = false;
            changedAt = now;
        }
        signing = ids;
        awaiting = true;
        askedAt = now;
        peers.act(new Action.SignLease(new Watchers(fingerprints), leaving));
    }

    void signed(long now, Renewal renewal) {
        var lease = renewal.lease().lease();
        if (lease.sequence() <= sequence) {
            return;
        }
        var before = current;
        if (before == null || !before.lease().lease().watchers().equals(lease.watchers())) {
            // By what the lease commits to, not by whom we chose: that is what receivers compare.
            watchersSince = lease.sequence();
        }
        sequence = lease.sequence();
        awaiting = false;
        current = renewal;
        bare = new Renewal(renewal.lease(), Optional.empty());
        var frame = new AliveFrame.Leased(lease.leaving() ? bare : renewal);
        if (lease.leaving()) {
            choice.watchers().forEach(each -> suspecting.add(each.peer));
            push(frame);
        } else {
            introduce(now);
            if (!lease.isWatched()) {
                push(frame);
            }
        }
        suspecting.forEach(peer -> peers.send(peer, frame));
        suspecting.clear();
    }

    /// Tells newcomers of the others, and the others of the newcomers.
    private void introduce(long now) {
        var chosen = new HashSet<>(signing);
        if (chosen.equals(listed)) {
            return;
        }
        var newcomers = signing.stream().filter(each -> !listed.contains(each)).toList();
        for (var watcher : signing) {
            var strangers = newcomers.contains(watcher) ? signing : newcomers;
            var others = strangers.stream().filter(each -> !each.equals(watcher)).toList();
            if (!others.isEmpty()) {
                peers.introduce(now, watcher, others);
            }
        }
        listed = chosen;
    }

    private void push(AliveFrame frame) {
        for (var peer : peers.linked(PUSHED_MAX)) {
            if (!suspecting.contains(peer)) {
                peers.send(peer, frame);
            }
        }
    }

    /// As long as we have too few watchers, a new neighbour gets our lease at once.
    void linkUp(long now, Peer peer) {
        var newest = current;
        if (newest != null && !newest.lease().lease().isWatched()) {
            peers.send(peer, new AliveFrame.Leased(newest));
        }
        choice.linkUp(now);
    }

    void pinged(long now, PeerId from, AliveFrame.Ping ping) {
        choice.pinged(now, from);
        boolean newer = ping.held() != AliveFrame.Ping.NO_LEASE_WANTED && sequence > ping.held();
        // Whoever holds a lease with these watchers knows them, and needs no list of them.
        var newest = ping.held() < watchersSince ? current : bare;
        var answer =
                newer && newest != null && hasRoom(now)
                        ? Optional.of(newest)
                        : Optional.<Renewal>empty();
        peers.send(from, new AliveFrame.Pong(ping.nonce(), watchersSince, answer));
    }

    /// Leases are most of what an agent sends, so not many leave in one moment: whoever got none
    /// asks again with its next ping.
    private boolean hasRoom(long now) {
        if (now - leasedSince >= LEASE_GAP) {
            leased = 0;
            leasedSince = now;
        }
        return leased++ < LEASED_MAX;
    }

    /// Somebody suspects us, who holds our lease with this sequence.
    void suspected(long now, Peer from, long held) {
        var newest = current;
        if (newest == null) {
            return;
        }
        boolean known = sequence <= held;
        boolean isWatcher = from.watcher != null && from.watcher.accepted;
        if (known && isWatcher && (awaiting || now - askedAt >= REFUTATION_GAP)) {
            suspecting.add(from);
            if (!awaiting) {
                due(now);
            }
        } else if (!known) {
            peers.send(from, new AliveFrame.Leased(newest));
        }
    }

    /// Holders and watchers ask who some of our watchers are.
    void introduce(long now, PeerId to, List<Bytes> fingerprints) {
        var asked = new ArrayList<PeerId>();
        for (var watcher : choice.watchers()) {
            if (fingerprints.contains(watcher.peer.fingerprint())
                    && !watcher.peer.id().equals(to)) {
                asked.add(watcher.peer.id());
            }
        }
        if (!asked.isEmpty()) {
            peers.introduce(now, to, asked);
        }
    }

    void leave(long now) {
        leaving = true;
        peers.timers().stopAll();
        sign(now);
    }
}
