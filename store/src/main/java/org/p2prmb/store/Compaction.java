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

    /// In percent of the file, what it may lack being holes between chunks.
    private static final int FILL_MIN = 96;

    /// What one step rewrites or moves: a tenth of a second.
    private static final int STEP_BYTES = 8 * 1024 * 1024;

    private static final int SMALL_BYTES = 256 * 1024;

    /// Moves that made the file no shorter, after which only new holes are filled. H2 moves what
    /// lies between big holes first and what lies at the end last, so many are needed.
    private static final int VAIN_MOVES_MAX = 200;

    private static final int NEW_HOLES_PERCENT = 2;

    private final MVStore store;
    private final RandomAccessStore file;

    private final long fileBytesMin;

    private @Nullable Evacuation evacuation;

    /// Chunks that were emptied and are still there: they have had their turn.
    private final Set<Integer> emptied = new HashSet<>();

    private int vainMoves;
    private int fillAfterMove;
    private boolean closing;
    private long sizeAtCut = Long.MAX_VALUE;

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
            return evacuate() || (closing ? cut() : move());
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

    private boolean evacuate() {
        if (evacuation == null) {
            var chunks = Chunks.of(store);
            emptied.retainAll(chunks.ids());
            var chosen = chunks.without(emptied).toEvacuate();
            if (chosen.isEmpty()) {
                return false;
            }
            emptied.addAll(chosen);
            evacuation = new Evacuation(store, chosen);
        }
        if (evacuation.step(STEP_BYTES)) {
            commit();
        } else {
            evacuation = null;
            giveBack();
            if (closing) {
                file.compactMoveChunks(100, SMALL_BYTES, store); // Also cuts off the end.
            }
        }
        return true;
    }

    /// What a commit replaced is counted by the next and given back by the one after. What is
    /// written over it must not be on the disk before what replaced it.
    private void giveBack() {
        store.commit();
        store.compact(100, SMALL_BYTES); // Pages of H2's own map of chunks, which we do not see.
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
        if (fill <= fillAfterMove - NEW_HOLES_PERCENT) {
            vainMoves = 0;
        }
        if (fill >= FILL_MIN || vainMoves >= VAIN_MOVES_MAX) {
            return false;
        }
        file.compactMoveChunks(FILL_MIN, STEP_BYTES, store);
        fillAfterMove = file.getFillRate();
        vainMoves = file.size() < before ? 0 : vainMoves + 1;
        return true;
    }

    /// Begins to rewrite what is at the end, into holes: hundreds of [#move] would take too long.
    /// While the file is in use it would not do, since what is at its end may be young.
    private boolean cut() {
        var fill = file.getFillRate();
        if (fill >= FILL_MIN || file.size() >= sizeAtCut) {
            return false;
        }
        sizeAtCut = file.size();
        var holes = sizeAtCut / 100 * (100 - fill);
        evacuation = new Evacuation(store, Chunks.of(store).last(holes / 2));
        return true;
    }

    private static SQLException failure(MVStoreException error) {
        return new SQLException("compacting failed: " + error.getMessage(), error);
    }
}
