package org.p2prmb.store;

import org.p2prmb.protocols.statements.Sequences;

import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// The [Sequences] in the database: reserves a block of numbers on the disk, then hands them out.
final class StoredSequences implements Sequences {
    /// A name is a kind of statement, so there are few.
    private static final int NAMES_MAX = 1_000;

    private record Block(long next, long end) {}

    private final Writer writer;
    private final StoreConfig config;
    private final InstantSource clock;
    private final Map<String, Block> blocks = new HashMap<>(); // Guarded by this.

    StoredSequences(Writer writer, StoreConfig config, InstantSource clock) {
        this.writer = writer;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public synchronized long next(String name) {
        if (name.isEmpty() || name.length() > NAME_LENGTH_MAX) {
            throw new IllegalArgumentException("sequence name of a wrong length");
        }
        var block = blocks.get(name);
        if (block == null && blocks.size() >= NAMES_MAX) {
            throw new IllegalArgumentException("too many sequences");
        }
        if (block == null || block.next() == block.end()) {
            block = writer.commit(session -> reserve(session, name));
        }
        blocks.put(name, new Block(block.next() + 1, block.end()));
        return block.next();
    }

    private Block reserve(Session session, String name) throws SQLException {
        var stored =
                session.first(
                        "SELECT reserved_below FROM sequence_number WHERE name = ?",
                        row -> row.getLong(1),
                        name);
        var start = stored.orElseGet(() -> clock.instant().toEpochMilli());
        var end = start + config.sequenceBlock();
        session.update("MERGE INTO sequence_number VALUES (?, ?)", name, end);
        return new Block(start, end);
    }
}
