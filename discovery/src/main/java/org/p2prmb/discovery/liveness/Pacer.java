package org.p2prmb.discovery.liveness;

import org.p2prmb.discovery.liveness.LivenessMachine.Action;
import org.p2prmb.libp2p.core.Pure;

import java.util.ArrayDeque;
import java.util.Queue;

/// Spreads bulky frames for which a second does not matter, votes and introductions, over time: 600
/// bytes each second. What does not fit in its queue leaves at once.
@Pure
final class Pacer {
    private static final int BYTES_PER_SECOND = 600;
    private static final int QUEUE_MAX = 64;

    /// How far it may go ahead of its rate.
    private static final long AHEAD_MILLIS = 300;

    private record Paced(Action action, int bytes) {}

    private final Peers peers;
    private final Timers.Timer timer;
    private final Queue<Paced> queue = new ArrayDeque<>(2);

    /// When what was sent so far is paid for, at this rate.
    private long paidAt = Timers.LONG_AGO;

    Pacer(Peers peers) {
        this.peers = peers;
        this.timer = Timers.timer(this::due);
    }

    /// Has an action of about so many bytes carried out when there is room for it.
    void act(long now, Action action, int bytes) {
        if (queue.size() >= QUEUE_MAX || queue.isEmpty() && hasRoom(now)) {
            spend(now, bytes);
            peers.act(action);
            return;
        }
        queue.add(new Paced(action, bytes));
        peers.timers().hasten(timer, paidAt - AHEAD_MILLIS + 1);
    }

    private boolean hasRoom(long now) {
        return paidAt - now < AHEAD_MILLIS;
    }

    private void spend(long now, int bytes) {
        paidAt = Math.max(paidAt, now) + bytes * 1_000L / BYTES_PER_SECOND;
    }

    private void due(long now) {
        for (var next = queue.peek(); next != null && hasRoom(now); next = queue.peek()) {
            queue.remove();
            spend(now, next.bytes());
            peers.act(next.action());
        }
        if (!queue.isEmpty()) {
            peers.timers().set(timer, paidAt - AHEAD_MILLIS + 1);
        }
    }
}
