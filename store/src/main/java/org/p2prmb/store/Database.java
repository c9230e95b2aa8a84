package org.p2prmb.store;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The open H2 file: its administrator's connection, and connections for the application.
///
/// The settings are those with which no acknowledged commit was lost when the process was killed:
/// commits are written at once instead of half a second later, and a checkpoint forces them.
final class Database implements AutoCloseable {
    // H2 does not compact: see Compaction. No trace file: H2 would write statements into it,
    // readable by others.
    private static final String SETTINGS =
            ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=-1;MAX_COMPACT_TIME=0"
                    + ";LOCK_TIMEOUT=5000;TRACE_LEVEL_FILE=0;CACHE_SIZE=";

    /// Of the last migration.
    static final String VERSION = "6";

    /// For compacting at the end; a usual file needs a fraction of a second.
    private static final Duration CLOSING_MAX = Duration.ofSeconds(10);

    private static final String ADMINISTRATOR = "administrator";
    private static final String APPLICATION = "application";

    /// Less free disk than this explains any failure to open, so nothing is moved aside.
    private static final long DISK_FREE_MIN = 16L * 1024 * 1024;

    /// Failures to open that say nothing about the file's health.
    private static final Set<Integer> HEALTHY =
            Set.of(
                    ErrorCode.WRONG_USER_OR_PASSWORD,
                    ErrorCode.DATABASE_ALREADY_OPEN_1,
                    ErrorCode.FILE_VERSION_ERROR_1);

    private static final List<String> DAMAGE =
            List.of("Chunk", "chunk", "File corrupted", "Double mark", "Page not found");

    private final DataDirectory directory;
    private final DataDirectory.Passwords passwords;
    private final Connection administrator;

    private Database(
            DataDirectory directory, DataDirectory.Passwords passwords, Connection administrator) {
        this.directory = directory;
        this.passwords = passwords;
        this.administrator = administrator;
    }

    /// Opens the file or creates it, brings its tables up to date and checks it.
    ///
    /// Throws [StoreException] when trying again with another file would not help.
    ///
    /// `progress` is called now and then while rows are brought to today's form.
    static Database open(DataDirectory directory, StoreConfig config, Runnable progress)
            throws DamageException {
        @Nullable Connection connection = null;
        var opened = false;
        try {
            var passwords = directory.passwords();
            directory.prepareDatabaseFile();
            connection = connect(directory, config, passwords);
            var database = new Database(directory, passwords, connection);
            database.migrate(config, progress);
            try (var session = database.session(false)) {
                var complaint = SelfCheck.complaint(session);
                if (complaint.isPresent()) {
                    throw new DamageException(complaint.get());
                }
                // H2 falls back to an older state when the end of the file is unreadable.
                if (Facts.run(session) < directory.lastRun()) {
                    throw new DamageException("it is older than its last use");
                }
            }
            opened = true;
            return database;
        } catch (SQLException e) {
            throw explain(directory, e);
        } finally {
            if (!opened && connection != null) {
                abandon(connection);
            }
        }
    }

    /// Fills a new, empty file from a backup.
    static void restore(DataDirectory directory, StoreConfig config, Path backup, Instant now) {
        var passwords = directory.passwords();
        directory.prepareDatabaseFile();
        directory.setLastRun(0);
        try (var connection = connect(directory, config, passwords);
                var session = new Session(connection)) {
            session.update("RUNSCRIPT FROM ? COMPRESSION GZIP", backup.toString());
            // What happened after the backup is forgotten: numbers were used, messages ran.
            session.update(
                    "UPDATE sequence_number SET reserved_below = GREATEST(reserved_below, ?)",
                    now.toEpochMilli());
            session.update("UPDATE fact SET number = ? WHERE name = 'since'", now.toEpochMilli());
            shutDown(connection);
        } catch (SQLException e) {
            throw new StoreException("cannot restore from " + backup, e);
        }
    }

    /// A connection that may read and change rows, but no tables, users or settings.
    Session session(boolean autoCommit) throws SQLException {
        var connection =
                DriverManager.getConnection(url(directory), APPLICATION, passwords.application());
        connection.setAutoCommit(autoCommit);
        return new Session(connection);
    }

    List<Session> sessions(int count) throws SQLException {
        var sessions = new ArrayList<Session>();
        for (int i = 0; i < count; i++) {
            sessions.add(session(true));
        }
        return sessions;
    }

    /// Forces every commit to the disk: they survive a power cut from now on.
    void checkpoint() throws SQLException {
        try (var statement = administrator.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }

    Compaction compaction() throws SQLException {
        return Compaction.of(administrator, Compaction.FILE_BYTES_MIN);
    }

    /// Writes all rows as compressed SQL to `file`, which is there completely or not at all.
    void backup(Path file) throws SQLException {
        // H2 gives the file the usual mode, so it is written where only we can go, then moved.
        var written = directory.path().resolve("backup.new");
        var moved = file.resolveSibling(file.getFileName() + ".new");
        try (var connection = connection();
                var script =
                        connection.prepareStatement(
                                "SCRIPT NOPASSWORDS NOSETTINGS TO ? COMPRESSION GZIP")) {
            script.setString(1, written.toString());
            script.execute();
            DataDirectory.makePrivate(written);
            Files.move(written, moved, StandardCopyOption.REPLACE_EXISTING);
            Files.move(moved, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StoreException("cannot write the backup " + file, e);
        }
    }

    long fileBytes() {
        try {
            return Files.size(directory.databaseFile());
        } catch (IOException e) {
            throw new StoreException("cannot read the size of the database", e);
        }
    }

    /// Closes the file in order, which also makes it smaller.
    @Override
    public void close() {
        try {
            shutDown(administrator);
        } catch (SQLException e) {
            throw new StoreException("cannot close the database in order", e);
        }
    }

    /// Whether the error means that the file cannot be trusted any more.
    static boolean isDamage(SQLException error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            var message = cause.getMessage();
            if (message != null && DAMAGE.stream().anyMatch(message::contains)) {
                return true;
            }
        }
        return error instanceof FoundDamage || error.getErrorCode() == ErrorCode.FILE_CORRUPTED_1;
    }

    private static Connection connect(
            DataDirectory directory, StoreConfig config, DataDirectory.Passwords passwords)
            throws SQLException {
        return DriverManager.getConnection(
                url(directory) + SETTINGS + config.cacheKiB(),
                ADMINISTRATOR,
                passwords.administrator());
    }

    private static String url(DataDirectory directory) {
        return "jdbc:h2:file:" + directory.path().resolve("rmb");
    }

    private void migrate(StoreConfig config, Runnable progress)
            throws SQLException, DamageException {
        // Loading Flyway takes a second, and an opening rarely needs it.
        if (!isOfThisRelease()) {
            bringUpToDate(config, progress);
        }
        try (var statement = administrator.createStatement()) {
            var password = passwords.application();
            statement.execute(
                    "CREATE USER IF NOT EXISTS %s PASSWORD '%s'".formatted(APPLICATION, password));
            statement.execute("ALTER USER %s SET PASSWORD '%s'".formatted(APPLICATION, password));
            statement.execute(
                    "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA PUBLIC TO " + APPLICATION);
        }
    }

    private void bringUpToDate(StoreConfig config, Runnable progress)
            throws SQLException, DamageException {
        try {
            Flyway.configure()
                    .dataSource(
                            url(directory) + SETTINGS + config.cacheKiB(),
                            ADMINISTRATOR,
                            passwords.administrator())
                    .loggers(FlywayLog.class.getName())
                    .javaMigrations(new ContactCacheMigration(progress))
                    // A file of a newer release is refused, not guessed at.
                    .ignoreMigrationPatterns("")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            // H2 commits each table by itself, so a first start that was killed leaves some of
            // them.
            if (directory.hasNeverRun()) {
                throw new DamageException("its first start was interrupted", e);
            }
            throw new StoreException("the database does not fit this release", e);
        }
    }

    /// Whether its tables are those of the last migration. A migration that can be run again is not
    /// refused because it failed once, of a full disk say: that is forgotten.
    private boolean isOfThisRelease() throws SQLException {
        try (var session = new Session(connection())) {
            var known =
                    session.number(
                            "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES"
                                    + " WHERE TABLE_NAME = 'flyway_schema_history'");
            if (known == 0) {
                return false;
            }
            session.update(
                    "DELETE FROM \"flyway_schema_history\" WHERE \"success\" = FALSE AND"
                            + " \"version\" IN ('4', '4.1', '5', '6')");
            var newest =
                    session.first(
                            "SELECT \"version\" FROM \"flyway_schema_history\""
                                    + " ORDER BY \"installed_rank\" DESC LIMIT 1",
                            row -> row.getString(1));
            return newest.equals(Optional.of(VERSION));
        }
    }

    private Connection connection() throws SQLException {
        return DriverManager.getConnection(
                url(directory), ADMINISTRATOR, passwords.administrator());
    }

    private static DamageException explain(DataDirectory directory, SQLException error) {
        if (HEALTHY.contains(error.getErrorCode())) {
            throw new StoreException("cannot open " + directory.databaseFile(), error);
        }
        if (directory.path().toFile().getUsableSpace() < DISK_FREE_MIN) {
            throw new StoreException("the disk of " + directory.path() + " is full", error);
        }
        return new DamageException("it does not open", error);
    }

    private static void shutDown(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            try {
                Compaction.of(connection, 0).finish(CLOSING_MAX);
            } finally {
                statement.execute("SHUTDOWN");
            }
        }
    }

    private static void abandon(Connection connection) {
        try (var statement = connection.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY");
        } catch (SQLException _) {
            // The database is gone already, which is what was wanted.
        }
    }
}
