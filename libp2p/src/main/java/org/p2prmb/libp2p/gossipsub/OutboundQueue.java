package org.p2prmb.libp2p.gossipsub;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.gossipsub.Rpc.Control;
import org.p2prmb.libp2p.gossipsub.Rpc.Idontwant;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// What waits to be written to one peer. Control goes before messages; when a slow peer's queue is
/// full, the newest message is dropped and lazy gossip may repair it; so is what waited too long.
/// An IDONTWANT is worth nothing
/// when it comes late, so those that wait go together and first, and what has no room is dropped.
final class OutboundQueue {
    /// What is written next: either RPCs of control, or messages that fit one RPC.
    record Batch(List<Rpc> control, List<GossipMessage> messages) {}

    private record Waiting(GossipMessage message, long since) {}

    private final GossipStreams limits;
    private final SendRoom room;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Rpc> control = new ArrayDeque<>();
    private final List<Bytes> unwanted = new ArrayList<>();
    private final Deque<Waiting> messages = new ArrayDeque<>();
    private long bytes;
    private boolean closed;
    private @Nullable String broken;

    /// `nanos` is a clock that never goes back.
    OutboundQueue(GossipStreams limits, SendRoom room, LongSupplier nanos) {
        this.limits = limits;
        this.room = room;
        this.nanos = nanos;
    }

    /// False when it was dropped: then the stream has to start over, for a lost word of control
    /// would leave the peer with a wrong picture of us.
    boolean offer(Rpc whole) {
        var rpc = whole.withoutIdontwant();
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            for (var word : whole.control().idontwant()) {
                var more = limits.queuedDontWantsMax() - unwanted.size();
                unwanted.addAll(word.ids().subList(0, Math.clamp(more, 0, word.ids().size())));
            }
            if (rpc.isEmpty()) {
                changed.signal();
                return true;
            }
            if (control.size() < limits.queuedControlsMax()) {
                control.add(rpc);
                changed.signal();
                return true;
            }
            control.clear();
            unwanted.clear();
            broken = "the peer is too slow for our control messages";
            room.dropped();
            changed.signal();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// False when it was dropped.
    boolean offer(GossipMessage message) {
        var size = RpcWriter.size(message);
        lock.lock();
        try {
            dropStale();
            if (closed || bytes + size > limits.queuedBytesMax() || !room.take(bytes, size)) {
                room.dropped();
                return false;
            }
            bytes += size;
            messages.add(new Waiting(message, nanos.getAsLong()));
            if (messages.size() == 1) {
                changed.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Drops what has waited for too long, though nobody comes or goes.
    void expire() {
        lock.lock();
        try {
            dropStale();
        } finally {
            lock.unlock();
        }
    }

    /// Nothing is sent any more; what waits is dropped.
    void close() {
        lock.lock();
        try {
            closed = true;
            control.clear();
            unwanted.clear();
            messages.clear();
            release(bytes);
        } finally {
            lock.unlock();
        }
    }

    /// The stream is of no use any more: the next [#take] throws.
    void breakOff(String reason) {
        lock.lock();
        try {
            broken = reason;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /// A new stream is there; true when the old one was broken off, so that control may be lost.
    boolean restart() {
        lock.lock();
        try {
            var wasBroken = broken != null;
            broken = null;
            return wasBroken;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for something to write; throws once when the stream has to start over.
    Batch take() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            dropStale();
            while (control.isEmpty()
                    && unwanted.isEmpty()
                    && messages.isEmpty()
                    && broken == null) {
                changed.await();
            }
            if (broken != null) {
                var reason = broken;
                broken = null;
                throw new IOException(reason);
            }
            if (!control.isEmpty() || !unwanted.isEmpty()) {
                return new Batch(takeControl(), List.of());
            }
            return new Batch(List.of(), takeMessages());
        } finally {
            lock.unlock();
        }
    }

    private List<Rpc> takeControl() {
        var batch = new ArrayList<Rpc>(control.size() + 1);
        if (!unwanted.isEmpty()) {
            batch.add(Rpc.of(Control.ofIdontwant(List.of(new Idontwant(unwanted)))));
            unwanted.clear();
        }
        batch.addAll(control);
        control.clear();
        return batch;
    }

    private List<GossipMessage> takeMessages() {
        var batch = new ArrayList<GossipMessage>();
        var size = 0;
        do {
            var message = messages.removeFirst().message();
            size += RpcWriter.size(message);
            batch.add(message);
        } while (!messages.isEmpty()
                && size + RpcWriter.size(messages.getFirst().message()) <= RpcWriter.RPC_BYTES_MAX);
        release(size);
        return batch;
    }

    /// What waited so long has come on another way, or is not asked for any more. Who holds more
    /// than its share, since others hold more than before, gives back its oldest.
    private void dropStale() {
        var ageMax = limits.queuedMax().toNanos();
        while (!messages.isEmpty()
                && (messages.size() > 1 && bytes > room.share()
                        || nanos.getAsLong() - messages.getFirst().since() > ageMax)) {
            release(RpcWriter.size(messages.removeFirst().message()));
            room.dropped();
        }
    }

    private void release(long size) {
        bytes -= size;
        room.give(size);
    }
}
