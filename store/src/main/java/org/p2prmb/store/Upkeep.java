package org.p2prmb.store;

import java.sql.SQLException;
import java.time.Instant;

/// What the writer does for one part of the store besides its changes.
interface Upkeep {
    /// How many rows of one kind one purge removes, so that no purge holds the writer up for long.
    int PURGE_ROWS_MAX = 1_000;

    /// Reads again what is kept in memory beside the tables: at start and after a rollback.
    void load(Session session) throws SQLException;

    /// Makes the changes that wait for the end of the batch: before every commit.
    default void settle(Session session) throws SQLException {}

    /// Removes what has expired; returns how many rows that were.
    int purge(Session session, Instant now) throws SQLException;
}
