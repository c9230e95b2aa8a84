package org.p2prmb.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// `matrix.json`: which cells are required, and why the others are impossible.
///
/// @param required in the order of the file
/// @param impossible with reason and source
record Matrix(Set<Cell> required, Map<Cell, String> impossible) {
    static final Path FILE = Path.of("matrix.json");
    static final List<String> STACKS = List.of("tcp/noise", "tcp/tls", "ws/noise", "ws/tls");

    /// That of the first peer of each implementation in a mesh, and that of its others.
    static final List<String> GOSSIP = List.of(Cell.gossip("1.1"), Cell.gossip("1.2"));

    /// Reads the file. A cell that is there twice is an error.
    static Matrix read() throws IOException {
        var required = new LinkedHashSet<Cell>();
        var impossible = new LinkedHashMap<Cell, String>();
        for (var line : new ObjectMapper().readTree(FILE.toFile()).get("cells")) {
            for (var check : line.get("required")) {
                unique(required.add(cell(line, check.asText())), line);
            }
            for (var missing : line.path("impossible")) {
                var cell = cell(line, missing.get("check").asText());
                var why =
                        missing.get("reason").asText()
                                + " ("
                                + missing.get("source").asText()
                                + ")";
                unique(!required.contains(cell) && impossible.put(cell, why) == null, line);
            }
        }
        return new Matrix(required, impossible);
    }

    private static void unique(boolean unique, JsonNode line) {
        if (!unique) {
            throw new IllegalStateException("there is a cell twice: " + line);
        }
    }

    private static Cell cell(JsonNode line, String check) {
        return new Cell(
                Implementation.of(line.get("dialer").asText()),
                Implementation.of(line.get("listener").asText()),
                line.get("over").asText(),
                check);
    }

    /// All cells that there are.
    static Set<Cell> all() {
        var cells = new LinkedHashSet<Cell>();
        for (var dialer : Implementation.values()) {
            for (var listener : Implementation.values()) {
                for (var over : STACKS) {
                    for (var check : checks()) {
                        cells.add(new Cell(dialer, listener, over, check));
                    }
                }
            }
        }
        return cells;
    }

    private static List<String> checks() {
        var checks = new ArrayList<String>();
        for (var check : Check.values()) {
            checks.add(check.title());
        }
        for (var relay : Implementation.values()) {
            checks.add(Cell.relayOf(relay));
        }
        checks.addAll(GOSSIP);
        return checks;
    }

    /// The required cells over one stack that are `wanted`.
    List<Cell> requiredOver(String over, Predicate<Cell> wanted) {
        return required.stream()
                .filter(cell -> cell.over().equals(over) && wanted.test(cell))
                .toList();
    }

    /// The required cells of one pair over one stack.
    List<Cell> requiredLike(Cell like) {
        return requiredOver(like.over(), cell -> cell.pair().equals(like.pair()));
    }
}
