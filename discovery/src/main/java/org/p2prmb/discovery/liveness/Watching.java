package org.p2prmb.discovery.liveness;

import org.jspecify.annotations.Nullable;
import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.discovery.liveness.Subject.Phase;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;
import org.p2prmb.protocols.statements.SignedLease;
import org.p2prmb.protocols.statements.SignedVote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The watcher's part: pings its subjects, asks co-watchers before it accuses, and buries with a
/// majority only.
///
/// ```
///           every T                 2 pings missed            nobody reports an answer
///   IDLE -------------> PINGED ---------------------> ASKED ---------------------------> VOTED
///    ^ ^                  |      (3 co-watchers)        |                                  |
///    | +---- pong --------+                             |    quorum of votes in 2 T, then  |
///    | +---- a co-watcher got an answer (twice at most)-+    S = 16 s without an answer    |
///    |                                                                                     v
///    +------- pong, new link, newer lease: all votes are void ----------------------- BURIED
/// ```
///
/// In VOTED the subject is pinged on and the vote repeated every T. A subject is dropped when its
/// lease no longer lists us, has expired or says that it leaves.
@Pure
final class Watching {
    private static final int ATTEMPTS = 2;
    private static final int ASKED = 3;
    private static final int EXCUSES_MAX = 2;

    /// What a vote takes, about.
    private static final int VOTE_BYTES = 160;

    private final Peers peers;
    private final Timing timing;
    private final Buried buried;
    private int subjects;

    /// Hears of the obituaries that we make ourselves.
    @FunctionalInterface
    interface Buried {
        void buried(long now, Obituary obituary);
    }

    Watching(Peers peers, Buried buried) {
        this.peers = peers;
        this.timing = peers.timing();
        this.buried = buried;
    }

    void invited(long now, Peer from) {
        if (from.subject == null && subjects < LivenessConfig.SUBJECTS_MAX) {
            // One alarm for each subject, and each at a phase of its own.
            from.subject = new Subject(from, this, now);
            subjects++;
            long soon = timing.changeGap() / 4;
            schedule(from.subject, now + soon + peers.random().nextLong(timing.probe() - soon));
        }
        peers.send(from, new AliveFrame.InviteAnswer(from.subject != null));
    }

    private void schedule(Subject subject, long at) {
        peers.timers().set(subject, at);
    }

    void due(long now, Subject subject) {
        if (isOver(now, subject)) {
            drop(subject);
            return;
        }
        switch (subject.phase) {
            case IDLE -> {
                if (peers.health().wokeAt(now)) {
                    // All are due: whoever stood still does not catch up in one moment.
                    rest(now, subject);
                } else {
                    introduce(now, subject);
                    attempt(now, subject, 1);
                }
            }
            case PINGED -> {
                if (peers.health().wokeAt(now)) {
                    subject.phase = Phase.IDLE;
                    rest(now, subject);
                } else if (peers.health().stalledSince(subject.peer.pingedAt())) {
                    attempt(now, subject, subject.attempts);
                } else {
                    missed(now, subject);
                }
            }
            case ASKED -> {
                peers.health().missing(subject.asked.size());
                accuse(now, subject);
            }
            case VOTED -> insist(now, subject);
            case BURIED -> {
                ping(now, subject);
                schedule(subject, now + 2 * period());
            }
        }
    }

    private void rest(long now, Subject subject) {
        schedule(subject, now + 1 + peers.random().nextLong(timing.spread()));
    }

    /// Whether there is nothing to watch: never listed, or the lease has expired.
    private boolean isOver(long now, Subject subject) {
        if (!subject.listed) {
            return now - subject.acceptedAt > 2 * timing.interval();
        }
        return now - peers.health().heard(subject.leaseAt) > subject.leaseMillis;
    }

    private void drop(Subject subject) {
        peers.timers().stop(subject);
        subject.peer.subject = null;
        subjects--;
        peers.retire(subject.peer);
    }

    private long period() {
        return peers.jittered(timing.probe() * peers.health().stretch());
    }

    private void ping(long now, Subject subject) {
        peers.ping(now, subject.peer, subject.held);
    }

    private void attempt(long now, Subject subject, int number) {
        subject.phase = Phase.PINGED;
        subject.attempts = number;
        ping(now, subject);
        schedule(subject, now + subject.peer.timeout(timing));
    }

    private void missed(long now, Subject subject) {
        if (subject.attempts < ATTEMPTS) {
            attempt(now, subject, subject.attempts + 1);
            return;
        }
        subject.missedAt = now;
        report(subject, false);
        var others = subject.coWatchers(peers.self());
        if (others.isEmpty()) {
            accuse(now, subject);
            return;
        }
        Collections.shuffle(others, peers.random());
        subject.asked = new ArrayList<>(others.subList(0, Math.min(ASKED, others.size())));
        subject.askNonce = peers.random().nextLong();
        subject.phase = Phase.ASKED;
        var request = new AliveFrame.ProbeRequest(subject.peer.id(), subject.askNonce);
        subject.asked.forEach(other -> peers.send(other, request));
        schedule(subject, now + timing.indirect());
    }

    private void report(Subject subject, boolean answered) {
        for (var inquiry : subject.inquiries) {
            var report = new AliveFrame.ProbeReport(subject.peer.id(), inquiry.nonce(), answered);
            peers.send(inquiry.from(), report);
        }
        subject.inquiries.clear();
    }

    /// A co-watcher asks whether the subject answers us.
    void asked(long now, PeerId from, AliveFrame.ProbeRequest request) {
        var subject = watched(request.subject());
        if (subject == null || subject.indexOf(from) < 0) {
            return;
        }
        if (subject.missedAt != Timers.LONG_AGO) {
            peers.send(from, new AliveFrame.ProbeReport(request.subject(), request.nonce(), false));
            return;
        }
        subject.inquiries.removeIf(inquiry -> inquiry.from().equals(from));
        if (subject.inquiries.size() < Subject.INQUIRIES_MAX) {
            subject.inquiries.add(new Subject.Inquiry(from, request.nonce()));
        }
        hasten(now, subject);
    }

    private void hasten(long now, Subject subject) {
        if (subject.phase == Phase.IDLE) {
            attempt(now, subject, 1);
        }
    }

    void reported(long now, PeerId from, AliveFrame.ProbeReport report) {
        var subject = watched(report.subject());
        if (subject == null
                || subject.phase != Phase.ASKED
                || subject.askNonce != report.nonce()
                || !subject.asked.remove(from)) {
            return;
        }
        peers.health().good();
        if (report.answered() && subject.excuses < EXCUSES_MAX) {
            // It lives for others: our own way to it may be broken. Liars delay, no more.
            subject.excuses++;
            subject.phase = Phase.IDLE;
            subject.missedAt = Timers.LONG_AGO;
            schedule(subject, now + timing.probe() / 2);
        } else if (subject.asked.isEmpty()) {
            accuse(now, subject);
        }
    }

    private void accuse(long now, Subject subject) {
        var lease = subject.lease;
        subject.asked = List.of();
        if (lease == null || !lease.lease().isWatched() || !isListed(subject)) {
            subject.phase = Phase.IDLE;
            schedule(subject, now + period());
            return;
        }
        subject.phase = Phase.VOTED;
        subject.votedAt = Timers.LONG_AGO;
        insist(now, subject);
    }

    private boolean isListed(Subject subject) {
        return subject.indexOf(peers.self()) >= 0;
    }

    /// Votes or repeats the vote, pings on, and buries when the time has come.
    private void insist(long now, Subject subject) {
        var lease = subject.lease;
        if (lease == null) {
            return;
        }
        if (subject.announcedAt != Timers.NEVER
                && now >= subject.buryAt
                && !peers.health().stalledSince(subject.announcedAt)) {
            bury(now, subject, lease);
            return;
        }
        if (peers.health().stalledSince(subject.announcedAt)) {
            subject.announcedAt = Timers.NEVER;
        }
        boolean due = subject.votedAt == Timers.LONG_AGO || now - subject.votedAt >= timing.probe();
        if (due && peers.health().mayVote()) {
            subject.votedAt = now;
            peers.act(new Action.SignVote(subject.peer.id(), lease.lease().sequence()));
        }
        ping(now, subject);
        long next = now + timing.probe() / 2;
        if (subject.announcedAt != Timers.NEVER) {
            next = Math.min(next, subject.buryAt);
        }
        schedule(subject, Math.max(next, now + 1));
    }

    void signed(long now, SignedVote vote) {
        var subject = watched(vote.vote().subject());
        if (subject == null || subject.phase != Phase.VOTED) {
            return;
        }
        int index = subject.indexOf(peers.self());
        if (index < 0) {
            return;
        }
        subject.voted(now, index, vote);
        var frame = new AliveFrame.Voted(vote);
        subject.coWatchers(peers.self())
                .forEach(other -> peers.sendPaced(now, other, frame, VOTE_BYTES));
        count(now, subject);
    }

    /// A co-watcher votes: one vote of each is kept, and those of others are nothing.
    void voted(long now, PeerId from, SignedVote vote) {
        var subject = watched(vote.vote().subject());
        if (subject == null || !vote.vote().voter().equals(from)) {
            return;
        }
        int index = subject.indexOf(from);
        if (index < 0) {
            return;
        }
        subject.voted(now, index, vote);
        if (now - subject.peer.pingedAt() >= timing.timeoutMax()) {
            hasten(now, subject);
        }
        count(now, subject);
    }

    private void count(long now, Subject subject) {
        var lease = subject.lease;
        if (lease == null
                || subject.phase != Phase.VOTED
                || subject.announcedAt != Timers.NEVER
                || subject.vote(subject.indexOf(peers.self())) == null
                || subject.votesSince(now - timing.voteAge()).size() < lease.lease().quorum()) {
            return;
        }
        subject.announcedAt = now;
        // Not all at once, or a holder would hear of it twice in one moment.
        subject.buryAt = now + timing.suspicion() + peers.random().nextLong(timing.spread());
        peers.send(subject.peer, new AliveFrame.Suspected(lease.lease().sequence()));
        peers.timers().hasten(subject, subject.buryAt);
    }

    private void bury(long now, Subject subject, SignedLease lease) {
        var votes = subject.votesSince(subject.announcedAt - timing.voteAge());
        if (votes.size() < lease.lease().quorum()) {
            subject.announcedAt = Timers.NEVER;
            schedule(subject, now + timing.probe() / 2);
            return;
        }
        subject.phase = Phase.BURIED;
        var obituary =
                new Obituary(lease, subject.watchers(), votes.subList(0, lease.lease().quorum()));
        tell(now, subject, obituary);
        schedule(subject, now + period());
    }

    private void tell(long now, Subject subject, Obituary obituary) {
        var frame = new AliveFrame.Buried(obituary);
        subject.subscribers.at(now).forEach(each -> peers.send(each, frame));
        buried.buried(now, obituary);
    }

    /// It has given a sign of life.
    void alive(long now, Subject subject) {
        report(subject, true);
        subject.clear();
        schedule(subject, now + period());
    }

    /// Its link broke: perhaps it died.
    void linkDown(long now, Subject subject) {
        hasten(now, subject);
    }

    /// No link with it comes about, which is as good as a missed ping.
    void unreachable(long now, Subject subject) {
        if (subject.phase == Phase.PINGED) {
            missed(now, subject);
        }
    }

    /// A newer lease of the subject.
    void renewed(long now, Subject subject, Renewal renewal) {
        if (renewal.lease().lease().leaving()) {
            var obituary = Obituary.ofLeave(renewal.lease());
            var frame = new AliveFrame.Buried(obituary);
            subject.coWatchers(peers.self()).forEach(each -> peers.send(each, frame));
            tell(now, subject, obituary);
            drop(subject);
            return;
        }
        subject.renewed(now, renewal, peers.own().fingerprint());
        if (subject.listed && !isListed(subject)) {
            drop(subject);
        }
    }

    private void introduce(long now, Subject subject) {
        if (now >= subject.introduceAt && subject.lease != null) {
            subject.introduceAt = now + 2 * timing.probe();
            var strangers = subject.strangers(peers.own().fingerprint());
            if (!strangers.isEmpty()) {
                peers.send(subject.peer, new AliveFrame.Introduce(strangers));
            }
        }
    }

    void subscribe(long now, PeerId from, PeerId id) {
        var subject = watched(id);
        boolean watching =
                subject != null && subject.subscribers.add(now, from, now + timing.subscribed());
        peers.send(from, new AliveFrame.Subscribed(id, watching));
    }

    private @Nullable Subject watched(PeerId id) {
        var peer = peers.find(id);
        return peer == null ? null : peer.subject;
    }
}
