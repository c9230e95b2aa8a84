package org.p2prmb.store;

import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.RandomAccessStore;

import java.sql.Connection;
import java.sql.SQLException;

/// Gives back the places in the file that hold nothing any more, a little at a time.
///
/// H2 writes each commit as a new chunk and frees a chunk only when nothing in it is used. With
/// `WRITE_DELAY=0` it has no thread that empties chunks which are used a little, so a file only
/// grows until it is closed. This does what that thread would do, on the writer's thread, where
/// nobody commits meanwhile. What is younger than H2's retention time of 45 s stays as it is.
final class Compaction implements Writer.Compaction {
    /// A smaller file is left alone.
    static final long FILE_BYTES_MIN = 32L * 1024 * 1024;

    /// In percent of what chunks hold, and of what the file holds.
    private static final int LIVE_MIN = 85;

    private static final int FILL_MIN = 90;

    /// What one step rewrites or moves: a tenth of a second.
    private static final int STEP_BYTES = 8 * 1024 * 1024;

    private final MVStore store;
    private final RandomAccessStore file;

    private final long fileBytesMin;

    private Compaction(MVStore store, RandomAccessStore file, long fileBytesMin) {
        this.store = store;
        this.file = file;
        this.fileBytesMin = fileBytesMin;
    }

    static Compaction of(Connection connection, long fileBytesMin) throws SQLException {
        var session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
        var store = session.getDatabase().getStore().getMvStore();
        return new Compaction(store, (RandomAccessStore) store.getFileStore(), fileBytesMin);
    }

    @Override
    public boolean step() throws SQLException {
        var before = file.size();
        if (before < fileBytesMin) {
            return false;
        }
        try {
            var rewritten = store.compact(LIVE_MIN, STEP_BYTES);
            store.commit(); // Also takes chunks out of which nothing is used any more.
            if (file.getFillRate() < FILL_MIN) {
                file.compactMoveChunks(FILL_MIN, STEP_BYTES, store);
            }
            return rewritten || file.size() < before;
        } catch (MVStoreException e) {
            throw new SQLException("compacting failed: " + e.getMessage(), e);
        }
    }
}
