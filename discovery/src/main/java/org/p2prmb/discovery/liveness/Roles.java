package org.p2prmb.discovery.liveness;

import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Obituary;
import org.p2prmb.protocols.statements.Renewal;

import java.util.List;
import java.util.Optional;

/// The parts of the machine together: what concerns one agent reaches every part that it plays.
@Pure
final class Roles {
    final OwnLease own;
    final Watching watching;
    final Holder holder;
    final DirectRule direct;
    private final Peers peers;

    Roles(Peers peers, int watchers) {
        this.peers = peers;
        this.own = new OwnLease(peers, watchers);
        this.watching = new Watching(peers, this::buried);
        this.holder = new Holder(peers);
        this.direct = new DirectRule(peers, this::unanswered);
    }

    void linkUp(long now, PeerId id) {
        var peer = peers.meet(id);
        if (peer == null) {
            peers.act(new Action.MarkAlive(id));
            return;
        }
        peers.linkUp(peer);
        peer.left = false;
        peers.act(new Action.MarkAlive(id));
        alive(now, peer);
        own.linkUp(now, peer);
    }

    void linkDown(long now, PeerId id) {
        var peer = peers.find(id);
        if (peer == null || !peer.linked) {
            return;
        }
        peers.linkDown(peer);
        if (peer.subject != null) {
            watching.linkDown(now, peer.subject);
        }
        if (peer.hot != null) {
            holder.linkDown(now, peer.hot);
        }
        direct.linkDown(now, peer);
        peers.retire(peer);
    }

    void unreachable(long now, PeerId id) {
        var peer = peers.find(id);
        if (peer == null) {
            return;
        }
        if (peer.subject != null) {
            watching.unreachable(now, peer.subject);
        }
        direct.unreachable(now, peer);
    }

    void proved(long now, PeerId id) {
        var peer = peers.find(id);
        if (peer != null && peer.left) {
            // Its host still answers, and what it answered may have shown the contact again.
            peers.act(new Action.MarkDead(id, DirectRule.LEFT));
            return;
        }
        peers.act(new Action.MarkAlive(id));
        if (peer != null) {
            alive(now, peer);
        }
    }

    void introduced(long now, PeerId by, List<PeerId> introduced) {
        var peer = peers.find(by);
        if (peer == null) {
            return;
        }
        if (peer.subject != null) {
            peer.subject.introduced(introduced);
        }
        if (peer.hot != null) {
            holder.introduced(now, peer.hot, introduced);
        }
    }

    void ponged(long now, PeerId from, AliveFrame.Pong pong) {
        var peer = peers.find(from);
        if (peer == null) {
            return;
        }
        if (peer.pong(now, pong.nonce()) && !peer.left) {
            peers.health().good();
            if (peer.hot != null || peer.neighbour != null) {
                peers.act(new Action.MarkAlive(from));
            }
            alive(now, peer);
            if (peer.hot != null) {
                holder.ponged(now, peer.hot, pong.watchersSince());
            }
        }
        pong.renewal()
                .filter(renewal -> renewal.lease().peer().equals(from))
                .ifPresent(renewal -> leased(now, renewal));
    }

    /// A proof of life, just now.
    private void alive(long now, Peer peer) {
        peer.heardAt = now;
        if (peer.subject != null) {
            watching.alive(now, peer.subject);
        }
        if (peer.hot != null) {
            holder.alive(now, peer.hot);
        }
        direct.alive(now, peer);
    }

    void leased(long now, Renewal renewal) {
        var lease = renewal.lease().lease();
        var peer = peers.find(lease.peer());
        if (peer == null) {
            return;
        }
        boolean same = lease.sequence() == peer.sequence;
        if (!peer.holds(lease)) {
            if (same && !lease.leaving()) {
                listed(now, peer, renewal);
            }
            return;
        }
        if (peer.subject != null) {
            watching.renewed(now, peer.subject, renewal);
        }
        if (lease.leaving()) {
            left(now, peer);
            return;
        }
        if (lease.recordSequence() > peer.recordSequence) {
            peer.recordSequence = lease.recordSequence();
            peers.act(new Action.FetchRecord(peer.id(), lease.recordSequence()));
        }
        if (peer.hot != null) {
            holder.leased(now, peer.hot, renewal);
        }
        if (peer.lost) {
            direct.heardOf(now, peer);
        } else {
            if (peer.hot != null || peer.isDirect()) {
                peers.act(new Action.MarkAlive(peer.id()));
            }
            alive(now, peer);
        }
    }

    /// The newest lease once more, perhaps with the watchers that were missing.
    private void listed(long now, Peer peer, Renewal renewal) {
        if (peer.subject != null) {
            watching.renewed(now, peer.subject, renewal);
        }
        if (peer.hot != null) {
            holder.leased(now, peer.hot, renewal);
        }
    }

    private void left(long now, Peer peer) {
        if (peer.hot != null) {
            holder.dead(now, peer.hot, DirectRule.LEFT);
        } else {
            direct.left(now, peer);
        }
    }

    void buried(long now, Obituary obituary) {
        var peer = peers.find(obituary.subject());
        if (peer == null) {
            return;
        }
        if (!obituary.isLeave()) {
            if (peer.hot != null) {
                holder.buried(now, peer.hot, obituary);
            }
        } else if (peer.sequence >= 0) {
            leased(now, new Renewal(obituary.lease(), Optional.empty()));
        } else if (peer.hot != null) {
            holder.saidToHaveLeft(now, peer.hot);
        }
    }

    /// The two attempts of the direct rule, or of somebody who asked, were in vain.
    private void unanswered(long now, Peer peer, String reason) {
        var contact = peer.hot;
        if (contact == null) {
            peers.act(new Action.MarkDead(peer.id(), reason));
        } else if (peer.isDirect() || peer.left) {
            holder.dead(now, contact, reason);
        } else {
            holder.unanswered(now, contact);
        }
    }
}
