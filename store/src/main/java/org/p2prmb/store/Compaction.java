package org.p2prmb.store;

import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.RandomAccessStore;
import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/// Gives back the places in the file that hold nothing any more, a little at a time.
///
/// H2 writes each commit as a new chunk and frees a chunk only when nothing in it is used. With
/// `WRITE_DELAY=0` it has no thread that empties chunks which are used a little, so a file only
/// grows until it is closed. This empties them, on the writer's thread, where nobody commits
/// meanwhile. What is younger than H2's retention time of 45 s stays as it is.
///
/// H2's own way of choosing chunks is not used: it prefers old ones so much that it rewrites those
/// of which nearly all is alive, again and again, and never comes to an end.
final class Compaction implements Writer.Compaction {
    /// A smaller file is left alone while it is open.
    static final long FILE_BYTES_MIN = 32L * 1024 * 1024;

    /// In percent of the file; the rest are holes between chunks. Below this, H2 is to move chunks,
    /// which is quick where holes are many.
    private static final int MOVE_FILL = 90;

    /// Below this the end of the file is rewritten into the holes.
    private static final int CUT_FILL = 97;

    /// What one step rewrites or moves: a tenth of a second.
    private static final int STEP_BYTES = 8 * 1024 * 1024;

    /// The same for what is to fit into small holes, since each commit is one chunk.
    private static final int SMALL_STEP_BYTES = 1024 * 1024;

    /// Moves that made the file no shorter. H2 moves what lies between big holes first and what
    /// lies at the end last, if ever.
    private static final int VAIN_MOVES_MAX = 100;

    /// So much less than after what was in vain is worth another try.
    private static final int NEW_HOLES_PERCENT = 2;

    private static final long SHORTEN_INTERVAL_NANOS = 10_000_000_000L;

    private final MVStore store;
    private final RandomAccessStore file;

    private final long fileBytesMin;

    private @Nullable Evacuation evacuation;
    private int evacuationStep;

    /// Chunks that were emptied and are still there: they have had their turn.
    private final Set<Integer> emptied = new HashSet<>();

    private long shortenDue = System.nanoTime();
    private int vainMoves;
    private long sizeAtCut = Long.MAX_VALUE;
    private int lowestFill = 100;
    private boolean closing;

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
        if (file.size() < fileBytesMin) {
            return false;
        }
        try {
            // H2 does this when something is committed only.
            store.executeFilestoreOperation(file::dropUnusedChunks);
            commit();
            return shorten() || evacuate() || !closing && move() || cut();
        } catch (MVStoreException e) {
            throw failure(e);
        }
    }

    /// Does all there is to do, within about `max`, when nobody else uses the database any more:
    /// what was replaced a moment ago goes too, as when H2 closes a file.
    void finish(Duration max) throws SQLException {
        var end = System.nanoTime() + max.toNanos();
        var retention = store.getRetentionTime();
        closing = true;
        try {
            store.setRetentionTime(0);
            giveBack();
            while (step() && System.nanoTime() - end < 0) {}
            store.sync();
        } catch (MVStoreException e) {
            throw failure(e);
        } finally {
            store.setRetentionTime(retention);
            closing = false;
        }
    }

    /// H2 shortens the file only when it has moved something, or at its closing. What was written
    /// last is not among the chunks yet and may be at the end, so this may be in vain.
    private boolean shorten() {
        var before = file.size();
        var now = System.nanoTime();
        if (evacuation == null
                && (closing || now - shortenDue >= 0)
                && before - Chunks.of(store).end() > SMALL_STEP_BYTES) {
            file.compactMoveChunks(100, SMALL_STEP_BYTES, store);
            shortenDue = now + SHORTEN_INTERVAL_NANOS;
        }
        return file.size() < before;
    }

    private boolean evacuate() {
        if (evacuation == null) {
            var chunks = Chunks.of(store);
            emptied.retainAll(chunks.ids());
            var chosen = chunks.without(emptied).toEvacuate();
            emptied.addAll(chosen);
            begin(chosen, STEP_BYTES);
        }
        if (evacuation == null) {
            return false;
        }
        if (evacuation.step(evacuationStep)) {
            commit();
        } else {
            evacuation = null;
            giveBack();
        }
        return true;
    }

    private boolean begin(Set<Integer> chunks, int step) {
        evacuation = chunks.isEmpty() ? null : new Evacuation(store, chunks);
        evacuationStep = step;
        return !chunks.isEmpty();
    }

    /// What a commit replaced is counted by the next and given back by the one after. What is
    /// written over it must not be on the disk before what replaced it.
    private void giveBack() {
        store.commit();
        store.compact(
                100, SMALL_STEP_BYTES); // Pages of H2's own map of chunks, which we do not see.
        store.commit();
        store.sync();
        Evacuation.touch(store);
        commit();
        Evacuation.touch(store);
        commit();
    }

    /// Without a retention time, what is written over what was replaced must not be on the disk
    /// before what replaced it.
    private void commit() {
        store.commit();
        if (closing) {
            store.sync();
        }
    }

    private boolean move() {
        var before = file.size();
        var fill = file.getFillRate();
        if (fill <= lowestFill - NEW_HOLES_PERCENT) {
            vainMoves = 0;
            sizeAtCut = Long.MAX_VALUE;
        }
        lowestFill = fill;
        if (fill >= MOVE_FILL || vainMoves >= VAIN_MOVES_MAX) {
            return false;
        }
        file.compactMoveChunks(MOVE_FILL, STEP_BYTES, store);
        lowestFill = file.getFillRate();
        vainMoves = file.size() < before ? 0 : vainMoves + 1;
        return true;
    }

    /// Begins to rewrite what is at the end of the file, into holes. Not again before the file has
    /// become shorter.
    private boolean cut() {
        var fill = file.getFillRate();
        if (fill >= CUT_FILL || file.size() >= sizeAtCut) {
            return false;
        }
        var holes = file.size() / 100 * (100 - fill);
        var step = fill < MOVE_FILL ? STEP_BYTES : SMALL_STEP_BYTES;
        if (!begin(Chunks.of(store).last(holes / 2), step)) {
            return false;
        }
        sizeAtCut = file.size();
        return true;
    }

    private static SQLException failure(MVStoreException error) {
        return new SQLException("compacting failed: " + error.getMessage(), error);
    }
}
