package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Fingerprint;
import org.p2prmb.protocols.statements.Lease;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;
import org.p2prmb.protocols.statements.Watchers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// An agent that we watch: its newest lease, its other watchers and their votes; and the
/// alarm for our next step.
@Pure
final class Subject extends Timers.Timer {
    /// Where our own inquiry stands, see [Watching].
    enum Phase {
        IDLE,
        PINGED,
        ASKED,
        VOTED,
        BURIED
    }

    /// A co-watcher that waits for our report.
    record Inquiry(PeerId from, long nonce) {}

    static final int INQUIRIES_MAX = Lease.WATCHERS_MAX;
    private static final int INTRODUCED_MAX = 2 * Lease.WATCHERS_MAX;

    final Peer peer;
    private final Watching watching;
    final long acceptedAt;
    final Subscribers subscribers = new Subscribers();
    final List<Inquiry> inquiries = new ArrayList<>(0);

    Phase phase = Phase.IDLE;
    int attempts;
    int excuses;
    long missedAt = Timers.LONG_AGO;

    /// The newest whose watchers we know.
    @Nullable SignedLease lease;

    private Watchers watchers = Watchers.NONE;
    long leaseAt;
    long leaseMillis;

    /// Of the lease, 0 when there is none.
    long held;

    boolean listed;
    long introduceAt;

    /// The co-watchers asked in [Phase#ASKED], those that have not reported yet.
    List<PeerId> asked = List.of();

    long askNonce;
    long votedAt;

    /// When the quorum was reached; [Timers#NEVER] when it was not.
    long announcedAt = Timers.NEVER;

    /// When the obituary is due, if no sign of life comes; of use after [#announcedAt] only.
    long buryAt;

    /// For each watcher in the lease its id, as far as we know it.
    private @Nullable PeerId[] coWatchers = new PeerId[0];

    private @Nullable SignedVote[] votes = new SignedVote[0];
    private long[] voteAt = new long[0];
    private final List<PeerId> introduced = new ArrayList<>(0);

    Subject(Peer peer, Watching watching, long acceptedAt) {
        this.peer = peer;
        this.watching = watching;
        this.acceptedAt = acceptedAt;
    }

    @Override
    public void due(long now) {
        watching.due(now, this);
    }

    @Override
    int foresee(int depth) {
        return depth == 0 ? super.foresee(0) : peer.foresee(depth - 1);
    }

    /// Takes a newer lease; who is known among the watchers stays known.
    void renewed(long now, Renewal newer, Bytes ownFingerprint) {
        var before = lease;
        if (before != null && newer.lease().lease().sequence() <= before.lease().sequence()) {
            return;
        }
        var commitment = newer.lease().lease().watchers();
        boolean same = before != null && before.lease().watchers().equals(commitment);
        var list = newer.watchers().orElse(same ? watchers : null);
        if (list == null) {
            return; // The next ping asks for the list too.
        }
        lease = newer.lease();
        leaseAt = now;
        leaseMillis = newer.lease().lease().ttl().toMillis();
        held = newer.lease().lease().sequence();
        if (same) {
            return;
        }
        watchers = list;
        listed |= watchers.indexOf(ownFingerprint) >= 0;
        var known = new ArrayList<>(introduced);
        for (var id : coWatchers) {
            if (id != null) {
                known.add(id);
            }
        }
        coWatchers = new PeerId[watchers.count()];
        votes = new SignedVote[watchers.count()];
        voteAt = new long[watchers.count()];
        introduced.clear();
        introduced(known);
    }

    /// Those that the lease commits to.
    Watchers watchers() {
        return watchers;
    }

    /// The subject introduced these; whoever the lease does not list may be in the next.
    void introduced(List<PeerId> peers) {
        for (var id : peers) {
            if (indexOf(id) < 0 && introduced.size() < INTRODUCED_MAX && !introduced.contains(id)) {
                introduced.add(id);
            }
        }
    }

    /// The place of a watcher in the newest lease, -1 when it is not listed there.
    int indexOf(PeerId id) {
        boolean unknown = false;
        for (int index = 0; index < coWatchers.length; index++) {
            var known = coWatchers[index];
            if (id.equals(known)) {
                return index;
            }
            unknown |= known == null;
        }
        if (!unknown) {
            return -1;
        }
        int index = watchers.indexOf(Fingerprint.of(id));
        if (index >= 0) {
            coWatchers[index] = id;
        }
        return index;
    }

    /// The co-watchers that we know by name.
    List<PeerId> coWatchers(PeerId self) {
        var known = new ArrayList<PeerId>(coWatchers.length);
        for (var id : coWatchers) {
            if (id != null && !id.equals(self)) {
                known.add(id);
            }
        }
        return known;
    }

    /// The fingerprints of the co-watchers whose names we do not know.
    List<Bytes> strangers(Bytes ownFingerprint) {
        var strangers = new ArrayList<Bytes>(0);
        for (int index = 0; index < coWatchers.length; index++) {
            if (coWatchers[index] == null) {
                var fingerprint = watchers.fingerprints().get(index);
                if (!fingerprint.equals(ownFingerprint)) {
                    strangers.add(fingerprint);
                }
            }
        }
        return strangers;
    }

    void voted(long now, int index, SignedVote vote) {
        votes[index] = vote;
        voteAt[index] = now;
    }

    @Nullable SignedVote vote(int index) {
        return votes[index];
    }

    /// The votes that came since then.
    List<SignedVote> votesSince(long then) {
        var counted = new ArrayList<SignedVote>(votes.length);
        for (int index = 0; index < votes.length; index++) {
            var vote = votes[index];
            if (vote != null && voteAt[index] >= then) {
                counted.add(vote);
            }
        }
        return counted;
    }

    /// It lives: all that was held against it is void.
    void clear() {
        phase = Phase.IDLE;
        attempts = 0;
        excuses = 0;
        missedAt = Timers.LONG_AGO;
        asked = List.of();
        announcedAt = Timers.NEVER;
        Arrays.fill(votes, null);
    }
}
