package org.p2prmb.libp2p.gossipsub;

import org.p2prmb.libp2p.core.Loop;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Action;
import org.p2prmb.libp2p.gossipsub.GossipRouter.Event;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// What waits for a router, bounded by its number and by the bytes that peers sent: whoever hands
/// over more waits for room.
///
/// A number alone would let a few peers fill the heap, one RPC of the largest size after the other.
final class RouterInbox implements AutoCloseable {
    /// An event, and what of the budget is given back once the router has seen it.
    private record Letter(Event event, int bytes) {}

    /// What the router wants done about a letter, which is over then.
    private record Outcome(List<Action> actions, int bytes) {}

    private final Semaphore room;
    private final int bytesMax;
    private final Loop<Letter, Outcome> loop;
    private volatile boolean closed;

    /// Starts `router`. `effects` runs on its thread and must not wait; `died` hears of a failure
    /// of our own that ended it.
    RouterInbox(
            String name,
            Machine<Event, Action> router,
            InstantSource clock,
            GossipStreams limits,
            Consumer<Action> effects,
            Consumer<Throwable> died) {
        this.bytesMax = limits.inboxBytesMax();
        this.room = new Semaphore(bytesMax, true); // Fair: a large RPC has its turn, too.
        this.loop =
                Loop.start(
                        name,
                        new Opened(router),
                        clock,
                        limits.inboxMax(),
                        outcome -> {
                            outcome.actions().forEach(effects);
                            room.release(outcome.bytes());
                        },
                        died);
    }

    /// Hands over what a peer said in `bytes` bytes, at most the whole budget. Throws when the
    /// router has ended.
    void receive(Event event, int bytes) throws IOException, InterruptedException {
        room.acquire(bytes);
        var taken = false;
        try {
            if (closed) {
                throw new IOException("gossip has ended");
            }
            loop.put(new Letter(event, bytes));
            taken = true;
        } finally {
            if (!taken) {
                room.release(bytes);
            }
        }
    }

    /// As [Loop#put].
    void put(Event event) throws InterruptedException {
        loop.put(new Letter(event, 0));
    }

    /// As [Loop#offer].
    boolean offer(Event event) {
        return loop.offer(new Letter(event, 0));
    }

    /// Whether somebody waits for room for his bytes.
    boolean isFull() {
        return room.hasQueuedThreads();
    }

    /// Ends the router; nobody waits any more.
    @Override
    public void close() {
        closed = true;
        loop.close();
        room.release(bytesMax); // The first who waits; and each gives on what it took.
    }

    /// The router behind its letters.
    private record Opened(Machine<Event, Action> router) implements Machine<Letter, Outcome> {
        @Override
        public List<Outcome> on(Instant now, Letter letter) {
            return List.of(new Outcome(router.on(now, letter.event()), letter.bytes()));
        }

        @Override
        public List<Outcome> tick(Instant now) {
            return List.of(new Outcome(router.tick(now), 0));
        }

        @Override
        public Instant nextTick() {
            return router.nextTick();
        }
    }
}
