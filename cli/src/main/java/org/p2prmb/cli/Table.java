package org.p2prmb.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Rows of text in aligned columns, two spaces apart.
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(List.of(titles));
    }

    /// Adds a row with as many cells as there are titles.
    void row(String... cells) {
        rows.add(List.of(cells));
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    /// The title line and the rows, without spaces at the ends of lines.
    List<String> lines() {
        var columns = rows.getFirst().size();
        var widths = new int[columns];
        for (var row : rows) {
            for (var column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], width(row.get(column)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.toList());
    }

    private static String line(List<String> row, int[] widths) {
        var line = new StringBuilder();
        for (var column = 0; column < widths.length; column++) {
            var cell = row.get(column);
            line.append(cell).repeat(' ', widths[column] - width(cell) + 2);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
