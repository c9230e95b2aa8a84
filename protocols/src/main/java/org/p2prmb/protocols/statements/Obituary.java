package org.p2prmb.protocols.statements;

import org.p2prmb.libp2p.identity.PeerId;

import java.util.HashSet;
import java.util.List;

/// What watchers tell of a subject that is gone: its last lease, with the votes of a majority of
/// the watchers that it commits to, or a leaving lease, which needs no votes.
///
/// A majority may lie, so a holder still looks for itself before it believes votes.
///
/// @param lease the newest known of the subject
/// @param watchers to whom the lease commits; none with a leaving lease
/// @param votes none with a leaving lease, else [Lease#quorum] or more on its subject, each of
///     another listed watcher
public record Obituary(SignedLease lease, Watchers watchers, List<SignedVote> votes) {
    /// Throws `IllegalArgumentException` when the votes do not carry it.
    public Obituary {
        votes = List.copyOf(votes);
        Limits.count(votes, Lease.WATCHERS_MAX, "votes");
        if (lease.lease().leaving()) {
            Limits.require(votes.isEmpty() && watchers.count() == 0, "a leave needs no votes");
        } else {
            Renewal.requireCommitment(lease, watchers);
            Limits.require(lease.lease().isWatched(), "an obituary without watchers");
            Limits.require(votes.size() >= lease.lease().quorum(), "an obituary without quorum");
        }
        var voters = new HashSet<PeerId>();
        for (var signed : votes) {
            var vote = signed.vote();
            Limits.require(vote.subject().equals(lease.peer()), "a vote on somebody else");
            Limits.require(voters.add(vote.voter()), "two votes of one watcher");
            Limits.require(watchers.lists(vote.voter()), "a vote of one who is no watcher");
        }
    }

    /// That the subject leaves, in its own words.
    public static Obituary ofLeave(SignedLease lease) {
        return new Obituary(lease, Watchers.NONE, List.of());
    }

    public PeerId subject() {
        return lease.peer();
    }

    /// True when the subject itself said that it leaves.
    public boolean isLeave() {
        return lease.lease().leaving();
    }
}
