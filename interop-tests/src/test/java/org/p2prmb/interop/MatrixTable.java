package org.p2prmb.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// The matrix as tables in Markdown: how many cells each pair has over each path.
final class MatrixTable {
    private MatrixTable() {}

    /// What is required.
    static String of(Matrix matrix) {
        return tables(matrix, cells -> cells.size() + " required");
    }

    /// What came of it.
    static String of(Matrix matrix, Set<Cell> green) {
        return tables(
                matrix,
                cells ->
                        "%d of %d green"
                                .formatted(
                                        cells.stream().filter(green::contains).count(),
                                        cells.size()));
    }

    private static String tables(Matrix matrix, Function<List<Cell>, String> summary) {
        var columns = new LinkedHashSet<String>();
        var rows = new LinkedHashMap<String, Map<String, String>>();
        for (var cell : Matrix.all()) {
            var row = cell.dialer().title() + " → " + cell.listener().title();
            columns.add(cell.over());
            rows.computeIfAbsent(row, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(cell.over(), _ -> square(matrix, cell, summary));
        }
        var lines = new ArrayList<String>();
        lines.add("| dialer → listener | " + String.join(" | ", columns) + " |");
        lines.add("| --- |" + " --- |".repeat(columns.size()));
        rows.forEach((row, squares) -> {
            var line = new StringBuilder("| ").append(row).append(" |");
            columns.forEach(column ->
                    line.append(' ').append(squares.getOrDefault(column, "")).append(" |"));
            lines.add(line.toString().replace("  |", " |"));
        });
        return String.join("\n", lines) + "\n";
    }

    private static String square(Matrix matrix, Cell like, Function<List<Cell>, String> summary) {
        var required = matrix.requiredLike(like);
        var impossible =
                matrix.impossible().keySet().stream()
                        .filter(cell -> cell.pair().equals(like.pair()))
                        .count();
        var text = required.isEmpty() ? "" : summary.apply(required);
        if (impossible == 0) {
            return text;
        }
        return text + (text.isEmpty() ? "" : ", ") + impossible + " impossible";
    }
}
