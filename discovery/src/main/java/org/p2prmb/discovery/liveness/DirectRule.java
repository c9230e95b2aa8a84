package org.p2prmb.discovery.liveness;

import org.p2prmb.discovery.liveness.Neighbour.Phase;
import org.p2prmb.libp2p.core.Pure;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/// The rule of small networks: who has fewer than 3 watchers is looked at by each neighbour itself.
/// The same two attempts answer those who ask about any agent.
///
/// ```
///              link lost, or silent for 1.5 intervals
///   STEADY ---------------------------------------------> PROBING
///     ^   <------- lease, pong or new link (MarkAlive) ---   |
///     |                                                      | no answer to two attempts
///     |  newer lease or new link (MarkAlive)                 | (ping, or dial when unlinked)
///   DEAD <---------------------------------------------------+ (MarkDead)
/// ```
///
/// A `leaving` lease ends in DEAD at once.
@Pure
final class DirectRule {
    /// An attempt is one dial, or three pings: a ping and its pong may both be lost.
    private static final int STEPS_OF_ATTEMPT = 3;

    private static final int ATTEMPTS = 2;
    private static final int STEPS = ATTEMPTS * STEPS_OF_ATTEMPT;
    private static final int DEAD_MAX = 256;
    static final String LEFT = "it left";

    private final Peers peers;
    private final Timing timing;
    private final Verdict verdict;

    /// The dead are remembered, the oldest forgotten first.
    private final SequencedSet<Neighbour> dead = new LinkedHashSet<>();

    /// Hears that an agent did not answer.
    @FunctionalInterface
    interface Verdict {
        void dead(long now, Peer peer, String reason);
    }

    DirectRule(Peers peers, Verdict verdict) {
        this.peers = peers;
        this.timing = peers.timing();
        this.verdict = verdict;
    }

    private Neighbour neighbour(Peer peer) {
        var known = peer.neighbour;
        if (known == null) {
            known = new Neighbour(peer, this);
            peer.neighbour = known;
        }
        return known;
    }

    /// A sign of life: of an agent under the rule another lease is awaited in time.
    void alive(long now, Peer peer) {
        if (peer.linked && peer.isDirect() && !peer.left) {
            var neighbour = neighbour(peer);
            steady(neighbour);
            peers.timers().set(neighbour, now + peer.intervalMillis * 3L / 2);
        } else if (peer.neighbour != null) {
            steady(peer.neighbour);
            forget(peer.neighbour);
        }
    }

    private void steady(Neighbour neighbour) {
        dead.remove(neighbour);
        neighbour.phase = Phase.STEADY;
        neighbour.steps = 0;
    }

    private void forget(Neighbour neighbour) {
        peers.timers().stop(neighbour);
        neighbour.peer.neighbour = null;
        peers.retire(neighbour.peer);
    }

    void linkDown(long now, Peer peer) {
        var neighbour = peer.neighbour;
        if (neighbour == null) {
            return;
        }
        if (neighbour.phase == Phase.STEADY) {
            probe(now, neighbour);
        } else if (neighbour.phase == Phase.PROBING) {
            // Its pings went down with the link, but the window is not extended for that.
            peers.dial(peer);
        }
    }

    /// A lease that may have been under way when its subject died: a reason to look, but no proof.
    void heardOf(long now, Peer peer) {
        var neighbour = peer.neighbour;
        if (neighbour != null && neighbour.phase != Phase.PROBING) {
            dead.remove(neighbour);
            probe(now, neighbour);
        }
    }

    void unreachable(long now, Peer peer) {
        var neighbour = peer.neighbour;
        if (neighbour != null
                && neighbour.phase == Phase.PROBING
                && neighbour.steps > (ATTEMPTS - 1) * STEPS_OF_ATTEMPT) {
            dead(now, neighbour, "it cannot be reached");
        }
    }

    /// Somebody asks: a dead agent gets its chance too.
    void verify(long now, Peer peer) {
        var neighbour = neighbour(peer);
        if (neighbour.phase != Phase.PROBING) {
            dead.remove(neighbour);
            probe(now, neighbour);
        }
    }

    /// It said that it leaves.
    void left(long now, Peer peer) {
        var neighbour = neighbour(peer);
        if (neighbour.phase != Phase.DEAD) {
            dead(now, neighbour, LEFT);
        }
    }

    private void probe(long now, Neighbour neighbour) {
        neighbour.phase = Phase.PROBING;
        neighbour.probeBegan = now;
        neighbour.steps = 0;
        step(now, neighbour);
    }

    private void step(long now, Neighbour neighbour) {
        boolean begins = neighbour.steps % STEPS_OF_ATTEMPT == 0;
        neighbour.steps++;
        if (neighbour.peer.linked) {
            peers.ping(now, neighbour.peer, neighbour.peer.sequence);
        } else if (begins) {
            peers.dial(neighbour.peer);
        }
        var window = timing.direct() * neighbour.steps / STEPS;
        peers.timers().set(neighbour, neighbour.probeBegan + window);
    }

    void due(long now, Neighbour neighbour) {
        switch (neighbour.phase) {
            case STEADY -> probe(now, neighbour);
            case PROBING -> {
                if (peers.health().stalledSince(neighbour.probeBegan)) {
                    probe(now, neighbour);
                } else if (neighbour.steps < STEPS) {
                    step(now, neighbour);
                } else {
                    dead(now, neighbour, "it does not answer");
                }
            }
            case DEAD -> {} // Until it gives a sign of life.
        }
    }

    private void dead(long now, Neighbour neighbour, String reason) {
        peers.timers().stop(neighbour);
        neighbour.phase = Phase.DEAD;
        dead.add(neighbour);
        if (dead.size() > DEAD_MAX) {
            forget(dead.removeFirst());
        }
        verdict.dead(now, neighbour.peer, reason);
    }
}
