package org.p2prmb.store.journal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Owns the file of a [Journal], on a thread of its own: an interrupt of a caller would close it.
///
/// What waits at one time is written and forced together. After the first error it does nothing
/// any more but refuse.
final class JournalWriter {
    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    /// What the writer is asked for.
    private sealed interface Request {
        record Append(List<JournalRecord> records, CompletableFuture<Outcome> done)
                implements Request {}

        record Rotate(long position, List<JournalRecord> live, CompletableFuture<Outcome> done)
                implements Request {}

        record Close(CompletableFuture<Outcome> done) implements Request {}

        CompletableFuture<Outcome> done();
    }

    /// What became of a request.
    sealed interface Outcome {
        /// @param position number of the last record
        record Done(long position) implements Outcome {}

        record Full(String why) implements Outcome {}

        /// More was appended than the live records stand for.
        record Stale() implements Outcome {}

        record Failed() implements Outcome {}
    }

    /// The file as other threads may see it.
    ///
    /// @param dueBytes size above which a rotation is due
    record Facts(long generation, long position, long bytes, long dueBytes) {}

    private final Disk disk;
    private final JournalConfig config;
    private final List<JournalRecord> unknown;
    private final BlockingQueue<Request> queue;
    private final CompletableFuture<JournalException> failure = new CompletableFuture<>();
    private Generation file; // The thread's alone, as the next.
    private long dueBytes;
    private volatile Facts facts;
    private boolean closed; // Guarded by this.

    /// @param unknown records that no rotation leaves out
    JournalWriter(Disk disk, JournalConfig config, List<JournalRecord> unknown, Generation file) {
        this.disk = disk;
        this.config = config;
        this.unknown = unknown;
        this.file = file;
        dueBytes = config.rotateBytes();
        facts = new Facts(file.number(), file.position(), file.bytes(), dueBytes);
        queue = new ArrayBlockingQueue<>(config.waitingMax() + 1); // One place is for Close.
    }

    void start() {
        Thread.ofPlatform().daemon().name("journal").start(this::run);
    }

    Outcome append(List<JournalRecord> records) {
        return await(new Request.Append(records, new CompletableFuture<>()));
    }

    Outcome rotate(long position, List<JournalRecord> live) {
        return await(new Request.Rotate(position, live, new CompletableFuture<>()));
    }

    void close() {
        var request = new Request.Close(new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(request);
        }
        outcome(request);
    }

    synchronized boolean isClosed() {
        return closed;
    }

    Facts facts() {
        return facts;
    }

    CompletableFuture<JournalException> failure() {
        return failure;
    }

    /// Requests that the thread has not taken yet.
    int waiting() {
        return queue.size();
    }

    private Outcome await(Request request) {
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the journal is closed");
            }
            if (failure.isDone()) {
                return new Outcome.Failed();
            }
            if (queue.size() >= config.waitingMax()) {
                return new Outcome.Full(
                        "%d requests wait for the disk already".formatted(queue.size()));
            }
            queue.add(request);
        }
        return outcome(request);
    }

    /// Waits even when the caller is interrupted, who would not know what became of the request.
    private Outcome outcome(Request request) {
        var deadline = System.nanoTime() + config.waitMax().toNanos();
        var interrupted = false;
        try {
            while (true) {
                try {
                    return request.done().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (TimeoutException e) {
                    fail("the disk took longer than " + config.waitMax(), e);
                    return new Outcome.Failed();
                } catch (ExecutionException e) {
                    throw new IllegalStateException("no request is completed with an exception", e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        while (true) {
            switch (take()) {
                case Request.Append first -> append(first);
                case Request.Rotate rotation -> rotate(rotation);
                case Request.Close close -> {
                    close(close);
                    return;
                }
            }
        }
    }

    private Request take() {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                log.warn("Somebody interrupted the journal's own thread", e);
            }
        }
    }

    private void append(Request.Append first) {
        var space = config.fileBytesMax() - file.bytes();
        if (Block.fileBytes(first.records()) > space) {
            first.done().complete(new Outcome.Full(noRoom(file.bytes(), "rotate it")));
            return;
        }
        var records = new ArrayList<>(first.records());
        var waiting = new ArrayList<>(List.of(first));
        var bytes = Block.bytes(records);
        while (queue.peek() instanceof Request.Append next) {
            bytes += Block.bytes(next.records());
            if (bytes > Math.min(Block.RECORDS_BYTES_MAX, space - Block.HEADER_BYTES)) {
                break;
            }
            queue.remove();
            records.addAll(next.records());
            waiting.add(next);
        }
        var before = file.position();
        attempt("writing", () -> file.append(records));
        for (var append : waiting) {
            before += append.records().size();
            append.done().complete(doneOrFailed(before));
        }
    }

    private void rotate(Request.Rotate rotation) {
        if (rotation.position() != file.position()) {
            rotation.done().complete(new Outcome.Stale());
            return;
        }
        var snapshot = Stream.concat(unknown.stream(), rotation.live().stream()).toList();
        var bytes = Generation.snapshotBytes(snapshot);
        if (bytes > config.fileBytesMax()) {
            rotation.done().complete(new Outcome.Full(noRoom(bytes, "too much is alive")));
            return;
        }
        attempt("rotating", () -> replace(snapshot));
        rotation.done().complete(doneOrFailed(file.position()));
    }

    private void replace(List<JournalRecord> snapshot) throws IOException {
        var old = file;
        file = Generation.start(disk, old.number() + 1, old.fence(), old.position(), snapshot);
        old.close();
        disk.delete(Generation.name(old.number()));
        // Files of which most is alive would otherwise be rewritten all the time.
        dueBytes = Math.max(config.rotateBytes(), 2 * file.bytes());
    }

    private void close(Request.Close close) {
        try {
            file.close();
        } catch (IOException e) {
            log.warn("Cannot close the journal; what was acknowledged is on the disk", e);
        }
        close.done().complete(new Outcome.Done(file.position()));
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(String what, Step step) {
        if (failure.isDone()) {
            return;
        }
        try {
            step.run();
            facts = new Facts(file.number(), file.position(), file.bytes(), dueBytes);
        } catch (Exception | Error e) { // Supervisor
            fail(what, e);
        }
    }

    private Outcome doneOrFailed(long position) {
        return failure.isDone() ? new Outcome.Failed() : new Outcome.Done(position);
    }

    private void fail(String what, Throwable cause) {
        failure.complete(
                new JournalException("the journal in %s failed: %s".formatted(disk, what), cause));
    }

    private String noRoom(long bytes, String what) {
        return "the journal has %d bytes of %d: %s".formatted(bytes, config.fileBytesMax(), what);
    }
}
