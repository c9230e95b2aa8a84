package org.p2prmb.store;

import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// After a crash, goes through the newest rows of every table, some at each purge, and asks for
/// their locks: see [SelfCheck]. Runs on the writer's thread, whose own locks do not stand in its
/// way, and there is no other writer.
final class LockProbe implements Upkeep {
    static final int ROWS_AT_ONCE = 2_000;
    private static final int ROWS_MAX = 100_000;

    private record Place(long below, int left) {}

    // One entry for each table that is not done yet.
    private final Map<String, Place> places = new HashMap<>();

    LockProbe(boolean afterCrash) {
        if (afterCrash) {
            SelfCheck.TABLES.forEach(
                    table -> places.put(table, new Place(Long.MAX_VALUE, ROWS_MAX)));
        }
    }

    @Override
    public void load(Session session) {}

    @Override
    public int purge(Session session, Instant now) throws SQLException {
        for (var table : SelfCheck.TABLES) {
            var place = places.get(table);
            if (place == null) {
                continue;
            }
            var next = SelfCheck.probe(session, table, place.below(), ROWS_AT_ONCE);
            var left = place.left() - ROWS_AT_ONCE;
            if (next <= 0 || left <= 0) {
                places.remove(table);
            } else {
                places.put(table, new Place(next, left));
            }
        }
        return 0;
    }
}
