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

/// `matrix.json`: which cells are required, and why the others are impossible.
///
/// @param required in the order of the file
/// @param impossible with reason and source
record Matrix(Set<Cell> required, Map<Cell, String> impossible) {
    static final Path FILE = Path.of("matrix.json");
    static final String CIRCUIT = "circuit";
    static final String DELIVERY = "delivery";
    static final List<String> GOSSIP_VERSIONS = List.of("gossip 1.1", "gossip 1.2");

    private static final List<String> STACKS =
            List.of("tcp/noise", "tcp/tls", "ws/noise", "ws/tls");
    private static final List<Implementation> RELAYS = List.of(Implementation.values());

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
        for (var pair : pairs()) {
            for (var stack : STACKS) {
                for (var check : Check.values()) {
                    cells.add(new Cell(pair.getFirst(), pair.getLast(), stack, check.title()));
                }
            }
        }
        for (var dialer : Implementation.values()) {
            for (var listener : Implementation.values()) {
                for (var relay : RELAYS) {
                    cells.add(new Cell(dialer, listener, relay.title() + " relay", CIRCUIT));
                }
            }
        }
        for (var publisher : Implementation.values()) {
            for (var receiver : Implementation.values()) {
                for (var version : GOSSIP_VERSIONS) {
                    cells.add(new Cell(publisher, receiver, version, DELIVERY));
                }
            }
        }
        return cells;
    }

    private static List<List<Implementation>> pairs() {
        var pairs = new ArrayList<List<Implementation>>();
        for (var dialer : Implementation.values()) {
            for (var listener : Implementation.values()) {
                pairs.add(List.of(dialer, listener));
            }
        }
        return pairs;
    }

    /// Those of the required cells that two peers check over one connection.
    List<Cell> requiredOver(Implementation dialer, Implementation listener, String over) {
        return required.stream()
                .filter(cell -> cell.pair().equals(new Cell(dialer, listener, over, "").pair()))
                .toList();
    }
}
