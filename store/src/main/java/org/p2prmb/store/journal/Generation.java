package org.p2prmb.store.journal;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.regex.Pattern;

/// The journal file that is written to. Not safe for many threads.
///
/// A file gets its name only when its snapshot is on the disk, so the one with the highest
/// generation is always whole.
final class Generation implements AutoCloseable {
    /// What a file is called until its snapshot is on the disk.
    static final String UNFINISHED = "rmb.journal.new";

    private static final Pattern NAME = Pattern.compile("rmb\\.journal-(\\d{1,18})");
    private static final SecureRandom MARKERS = new SecureRandom();

    private final Header header;
    private final Disk.File file;
    private long position;
    private long bytes;

    private Generation(Header header, Disk.File file) {
        this.header = header;
        this.file = file;
        position = header.position();
        bytes = header.snapshotEnd();
    }

    static String name(long generation) {
        return "rmb.journal-" + generation;
    }

    /// The generation of the file of that name, 0 for others' files.
    static long of(String name) {
        var matcher = NAME.matcher(name);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /// The size of a file that holds nothing but these records.
    static long snapshotBytes(List<JournalRecord> records) {
        return Header.BYTES + Block.divide(records).stream().mapToLong(Block::fileBytes).sum();
    }

    /// Makes a file that begins with `snapshot`, durable when this returns.
    static Generation start(
            Disk disk, long generation, long fence, long position, List<JournalRecord> snapshot)
            throws IOException {
        var header =
                new Header(
                        generation, fence, position, snapshotBytes(snapshot), MARKERS.nextLong());
        var file = disk.create(UNFINISHED);
        var done = false;
        try {
            file.append(header.encode());
            long offset = Header.BYTES;
            for (var block : Block.divide(snapshot)) {
                file.append(Block.encode(block, header.marker(), offset));
                offset += Block.fileBytes(block);
            }
            file.force();
            disk.rename(UNFINISHED, name(generation));
            disk.forceNames();
            done = true;
            return new Generation(header, file);
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /// Writes the records as one block, which is on the disk when this returns.
    void append(List<JournalRecord> records) throws IOException {
        var block = Block.encode(records, header.marker(), bytes);
        int length = block.remaining();
        file.append(block);
        file.force();
        bytes += length;
        position += records.size();
    }

    long number() {
        return header.generation();
    }

    long fence() {
        return header.fence();
    }

    /// Number of the last record.
    long position() {
        return position;
    }

    long bytes() {
        return bytes;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
