package org.p2prmb.store.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What a journal file was found to hold.
///
/// @param position number of the last record
/// @param cutBytes what a write that a crash interrupted left at the end; nobody was told that
///     it was done
record Recovered(Header header, List<JournalRecord> records, long position, int cutBytes) {
    Recovered {
        records = List.copyOf(records);
    }

    /// Throws [JournalException] for what no crash leaves behind.
    ///
    /// @param name tells people which file it is
    static Recovered of(String name, long generation, byte[] bytes) {
        var file = ByteBuffer.wrap(bytes);
        var header = Header.decode(name, generation, file);
        var records = new ArrayList<JournalRecord>();
        int inSnapshot = 0;
        int at = Header.BYTES;
        while (at < bytes.length) {
            int end = Block.end(file, at, header.marker());
            if (end < 0) {
                break;
            }
            if (!Block.decode(file, at, end, records)) {
                throw JournalException.damage(name, at, "its checksum is right, its records not");
            }
            at = end;
            if (at <= header.snapshotEnd()) {
                inSnapshot = records.size();
            }
        }
        requireTorn(name, header, file, at);
        var position = header.position() + records.size() - inSnapshot;
        return new Recovered(header, records, position, bytes.length - at);
    }

    /// Whether what begins at `at` and is no block can be one that was being written.
    private static void requireTorn(String name, Header header, ByteBuffer file, int at) {
        if (at < header.snapshotEnd()) {
            throw JournalException.damage(name, at, "it is within the snapshot");
        }
        if (file.limit() - at > Block.BYTES_MAX) {
            throw JournalException.damage(name, at, "more follows than one write leaves");
        }
        for (int next = at + 1; next < file.limit(); next++) {
            if (Block.end(file, next, header.marker()) >= 0) {
                throw JournalException.damage(name, at, "whole records follow at " + next);
            }
        }
    }
}
