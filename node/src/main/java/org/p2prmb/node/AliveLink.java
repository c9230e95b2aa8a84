package org.p2prmb.node;

import org.p2prmb.discovery.liveness.AliveFrame;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Frames;
import org.p2prmb.libp2p.core.Stream;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;

/// One `/rmb/alive/1.0.0` stream: a writer thread behind a bounded queue, so that a peer that does
/// not read delays nobody. What does not fit is lost.
final class AliveLink {
    /// Frames that wait for the peer to read.
    static final int QUEUE_MAX = 32;

    /// How long the peer may go on after we have ended.
    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    /// The end of what we say; no frame is empty.
    private static final Bytes END = Bytes.EMPTY;

    private final Stream stream;
    private final boolean ours;
    private final ArrayBlockingQueue<Bytes> queue = new ArrayBlockingQueue<>(QUEUE_MAX + 1);
    private final Thread writer;
    private boolean ending; // Guarded by this.
    private volatile long usedNanos = System.nanoTime();
    private volatile long heardNanos = usedNanos;

    /// @param ours whether we opened the stream
    AliveLink(Stream stream, boolean ours) {
        this.stream = stream;
        this.ours = ours;
        this.writer = Thread.ofVirtual().name("alive writer").unstarted(this::write);
    }

    void start() {
        writer.start();
    }

    boolean isOurs() {
        return ours;
    }

    Stream stream() {
        return stream;
    }

    /// A frame has come from the peer.
    void heard() {
        heardNanos = System.nanoTime();
        usedNanos = heardNanos;
    }

    /// When the peer was heard, or the link began, on the clock of [System#nanoTime].
    long heardNanos() {
        return heardNanos;
    }

    /// When a frame went in either direction, or the link began.
    long usedNanos() {
        return usedNanos;
    }

    /// Queues an [AliveFrame]; false when there is no room or the link ends.
    synchronized boolean offer(Bytes frame) {
        // The last place is for the end.
        if (ending || queue.remainingCapacity() <= 1) {
            return false;
        }
        usedNanos = System.nanoTime();
        return queue.offer(frame);
    }

    /// Says what is queued, then nothing more: the peer ends the stream when it has read that.
    synchronized void end() {
        if (!ending) {
            ending = true;
            queue.add(END);
            stream.deadline(END_LIMIT);
        }
    }

    /// The peer has said all: says what is queued, and waits until that is written.
    void finish() throws InterruptedException {
        end();
        writer.join(END_LIMIT);
    }

    synchronized boolean isEnding() {
        return ending;
    }

    /// Takes what was not said yet.
    synchronized List<Bytes> unsaid() {
        var frames = new ArrayList<Bytes>();
        queue.drainTo(frames);
        if (frames.remove(END)) {
            queue.add(END);
        }
        return frames;
    }

    /// The stream is over.
    void stop() {
        writer.interrupt();
    }

    private void write() {
        try {
            for (var frame = queue.take(); frame.size() > 0; frame = queue.take()) {
                Frames.write(stream, frame.unsafeArray());
            }
            stream.closeWrite();
        } catch (IOException _) {
            stream.reset(); // The reader of the link notices and tells.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt(); // The link is over.
        }
    }
}
