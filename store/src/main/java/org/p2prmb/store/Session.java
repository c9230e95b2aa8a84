package org.p2prmb.store;

import org.jspecify.annotations.Nullable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One connection and its prepared statements, used by one thread at a time.
///
/// Parameters are `Long`, `Integer`, `Double`, `Boolean`, `String`, `byte[]` or an array of
/// one of them.
final class Session implements AutoCloseable {
    /// Turns the current row into a value.
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    // One entry for each SQL text in this module's sources.
    private final Map<String, PreparedStatement> prepared = new HashMap<>();
    private volatile @Nullable PreparedStatement running; // Or ran last.

    Session(Connection connection) {
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    /// Runs a statement that changes rows; returns how many.
    int update(String sql, Object... parameters) throws SQLException {
        return bind(sql, parameters).executeUpdate();
    }

    <T> List<T> list(String sql, Row<T> row, Object... parameters) throws SQLException {
        try (var rows = bind(sql, parameters).executeQuery()) {
            var values = new ArrayList<T>();
            while (rows.next()) {
                values.add(row.read(rows));
            }
            return values;
        }
    }

    <T> Optional<T> first(String sql, Row<T> row, Object... parameters) throws SQLException {
        try (var rows = bind(sql, parameters).executeQuery()) {
            return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
        }
    }

    /// The number in the first column of the first row, 0 without rows or for NULL.
    long number(String sql, Object... parameters) throws SQLException {
        return first(sql, row -> row.getLong(1), parameters).orElse(0L);
    }

    /// Ends the statement that runs, if one does; for any thread.
    void cancel() {
        var statement = running;
        if (statement != null) {
            try {
                statement.cancel();
            } catch (SQLException _) {
                // It was over already.
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private PreparedStatement bind(String sql, Object... parameters) throws SQLException {
        var statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        running = statement;
        for (int i = 0; i < parameters.length; i++) {
            statement.setObject(i + 1, parameters[i]);
        }
        return statement;
    }
}
