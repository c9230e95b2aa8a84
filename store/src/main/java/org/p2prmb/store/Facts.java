package org.p2prmb.store;

import java.sql.SQLException;
import java.time.Instant;

/// What the database knows about itself.
final class Facts {
    private Facts() {}

    /// Grows with every opening and every closing in order.
    static long run(Session session) throws SQLException {
        return session.number("SELECT number FROM fact WHERE name = 'run'");
    }

    static void setRun(Session session, long run) throws SQLException {
        session.update("UPDATE fact SET number = ? WHERE name = 'run'", run);
    }

    /// When the uid log began, as far as messages may have been forgotten before.
    static Instant since(Session session) throws SQLException {
        return Instant.ofEpochMilli(session.number("SELECT number FROM fact WHERE name = 'since'"));
    }

    static void setSince(Session session, Instant since) throws SQLException {
        session.update("UPDATE fact SET number = ? WHERE name = 'since'", since.toEpochMilli());
    }

    /// What the contacts take on disk, by the writer's account.
    static long contactBytes(Session session) throws SQLException {
        return session.number("SELECT number FROM fact WHERE name = 'contact_bytes'");
    }

    static void setContactBytes(Session session, long bytes) throws SQLException {
        session.update("UPDATE fact SET number = ? WHERE name = 'contact_bytes'", bytes);
    }
}
