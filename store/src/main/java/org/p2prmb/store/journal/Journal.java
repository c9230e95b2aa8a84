package org.p2prmb.store.journal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The append-only memory of what must be known before it is acted on: what [#append] returned for
/// is there after any crash, in order, or the next opening fails and says where the file is
/// damaged.
///
/// ```text
///          open                 append, rotate            close
/// (files) ──────▶ open ─────────────────────────▶ open ──────────▶ closed
///                  │  I/O error, or waitMax over
///                  └────────────────────────────▶ failed, for good ──────▶ closed
/// ```
///
/// Each opening and each rotation writes a file of its own, the next generation, and deletes the
/// one before once the new one is durable. So nothing is read back that is only in the page cache,
/// and no file is written to again after an error: an fsync that failed may report success the
/// next time without having written anything.
///
/// Safe for many threads; all that wait at one time are written and forced together.
public final class Journal implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final Set<Integer> kinds;
    private final long fence;
    private final int cutBytes;
    private final int unknownRecords;
    private final JournalWriter writer;

    private Journal(
            Set<Integer> kinds,
            long fence,
            int cutBytes,
            int unknownRecords,
            JournalWriter writer) {
        this.kinds = kinds;
        this.fence = fence;
        this.cutBytes = cutBytes;
        this.unknownRecords = unknownRecords;
        this.writer = writer;
    }

    /// Opens the journal on a disk that nobody else uses, or makes an empty one.
    ///
    /// @param kinds the kinds of records that the caller appends and keeps alive; the journal
    ///     itself keeps all others, which a later release may have written
    /// @param replay hears every record, of whatever kind, in order, before this returns
    public static Journal open(
            Disk disk, JournalConfig config, Set<Integer> kinds, Consumer<JournalRecord> replay) {
        try {
            var found = read(disk);
            var records = found.records();
            var file = startNext(disk, config, found);
            var replayed = false;
            try {
                records.forEach(replay);
                replayed = true;
            } finally {
                if (!replayed) {
                    file.close();
                }
            }
            var unknown =
                    records.stream().filter(record -> !kinds.contains(record.kind())).toList();
            var writer = new JournalWriter(disk, config, unknown, file);
            writer.start();
            return new Journal(
                    Set.copyOf(kinds), file.fence(), found.cutBytes(), unknown.size(), writer);
        } catch (IOException e) {
            throw new JournalException(
                    "cannot open the journal in " + disk + ": the swap engine must not run", e);
        }
    }

    public long append(JournalRecord record) {
        return append(List.of(record));
    }

    /// Returns once the records are on the disk, with the number of the last one: the first record
    /// of all has number 1. Of several records a crash leaves all or none.
    ///
    /// Throws [JournalFullException] when there is no room, and [JournalException] when the journal
    /// has failed: whether these records will be found is not known then.
    public long append(List<JournalRecord> records) {
        var copy = List.copyOf(records);
        copy.forEach(this::requireKnown);
        if (copy.isEmpty() || Block.bytes(copy) > Block.RECORDS_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "one append has 1 to %d bytes of records, not %d"
                            .formatted(Block.RECORDS_BYTES_MAX, Block.bytes(copy)));
        }
        return switch (writer.append(copy)) {
            case JournalWriter.Outcome.Done(var position) -> position;
            case JournalWriter.Outcome.Full(var why) -> throw new JournalFullException(why);
            case JournalWriter.Outcome.Failed() -> throw failed();
            case JournalWriter.Outcome.Stale() ->
                    throw new IllegalStateException("an append cannot be stale");
        };
    }

    /// Whether the file has grown so much that its user should [#rotate].
    public boolean rotationDue() {
        var seen = writer.facts();
        return seen.bytes() > seen.dueBytes();
    }

    /// Replaces all records by the `live` ones among them, or what else stands for them; records of
    /// unknown kinds stay, before those. A crash leaves the records as they were before or after.
    ///
    /// False, and nothing is done, when `position` is not that of the last record: then there are
    /// records that `live` does not know of. Where several threads append, hold them back from
    /// before the live records are gathered: another's append may have returned and not be among
    /// them yet, and a rotation that is tried against a stream of appends is refused for ever.
    ///
    /// @param position number of the last record that `live` takes into account, with all before it
    public boolean rotate(long position, List<JournalRecord> live) {
        var copy = List.copyOf(live);
        copy.forEach(this::requireKnown);
        return switch (writer.rotate(position, copy)) {
            case JournalWriter.Outcome.Done _ -> true;
            case JournalWriter.Outcome.Stale() -> false;
            case JournalWriter.Outcome.Full(var why) -> throw new JournalFullException(why);
            case JournalWriter.Outcome.Failed() -> throw failed();
        };
    }

    /// Larger than at any opening before: a guard against whoever still acts for an earlier one.
    public long fence() {
        return fence;
    }

    /// Number of the last record; it goes on over rotations and openings.
    public long position() {
        return writer.facts().position();
    }

    public long generation() {
        return writer.facts().generation();
    }

    public long fileBytes() {
        return writer.facts().bytes();
    }

    /// What this opening cut off: a write that was interrupted.
    public int cutBytes() {
        return cutBytes;
    }

    /// Records of kinds that the user of this journal does not know, and that it keeps.
    public int unknownRecords() {
        return unknownRecords;
    }

    /// Completes when the journal fails: the swap engine must stop.
    public CompletableFuture<JournalException> failure() {
        return writer.failure().copy();
    }

    /// Ends after what is queued is written.
    @Override
    public void close() {
        writer.close();
    }

    public boolean isClosed() {
        return writer.isClosed();
    }

    /// Requests that the writer has not taken yet.
    int waiting() {
        return writer.waiting();
    }

    private static Recovered read(Disk disk) throws IOException {
        var last = disk.list().stream().mapToLong(Generation::of).max().orElse(0);
        if (last == 0) {
            return new Recovered(new Header(0, 0, 0, Header.BYTES, 0), List.of(), 0, 0);
        }
        var name = "%s in %s".formatted(Generation.name(last), disk);
        var bytes = disk.read(Generation.name(last), JournalConfig.FILE_BYTES_LIMIT);
        var found = Recovered.of(name, last, bytes);
        if (found.cutBytes() > 0) {
            log.warn("The last write to {} broke off, {} bytes cut", name, found.cutBytes());
        }
        return found;
    }

    /// Writes all that was found to a file of this opening.
    private static Generation startNext(Disk disk, JournalConfig config, Recovered found)
            throws IOException {
        var bytes = Generation.snapshotBytes(found.records());
        if (bytes > config.fileBytesMax()) {
            throw new JournalException(
                    "the journal in %s has %d bytes, fileBytesMax is %d: raise it"
                            .formatted(disk, bytes, config.fileBytesMax()));
        }
        var old = disk.list();
        if (old.contains(Generation.UNFINISHED)) {
            disk.delete(Generation.UNFINISHED);
        }
        var last = found.header();
        var file =
                Generation.start(
                        disk,
                        last.generation() + 1,
                        last.fence() + 1,
                        found.position(),
                        found.records());
        for (var name : old) {
            if (Generation.of(name) > 0) {
                disk.delete(name);
            }
        }
        return file;
    }

    private void requireKnown(JournalRecord record) {
        if (!kinds.contains(record.kind())) {
            throw new IllegalArgumentException(
                    "kind %d is not among the kinds that the journal was opened for"
                            .formatted(record.kind()));
        }
    }

    private JournalException failed() {
        return new JournalException(
                "the journal has failed: the swap engine must stop, nothing more can be promised"
                        + " before the journal is opened again",
                writer.failure().join());
    }
}
