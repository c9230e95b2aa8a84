package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runs each required cell of `matrix.json` between peers of the three implementations, on the
/// loopback interface, and tells what came of it in `target/matrix.txt`.
@PeerProgram.Needed({PeerProgram.RUST_MATRIX, PeerProgram.JS_MATRIX})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class MatrixTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "interop.md");
    private static final Path REPORT = Path.of("target", "matrix.txt");

    private final Matrix matrix;
    private final MatrixPeers peers = new MatrixPeers();
    private final Set<Cell> green = new LinkedHashSet<>();
    private boolean began;

    MatrixTest() throws IOException {
        matrix = Matrix.read();
    }

    @Test
    void everyCellIsListed() {
        var listed = new LinkedHashSet<>(matrix.required());
        listed.addAll(matrix.impossible().keySet());
        assertThat(listed).containsExactlyInAnyOrderElementsOf(Matrix.all());
    }

    @Test
    void theDocumentShowsTheMatrix() throws IOException {
        assertThat(Files.readString(DOCUMENT)).contains(MatrixTable.of(matrix));
    }

    @TestFactory
    @Order(1)
    List<DynamicContainer> connections() {
        began = true;
        var direct = new LinkedHashMap<String, List<Cell>>();
        for (var cell : matrix.required()) {
            if (!cell.isRelayed() && !cell.isGossip()) {
                direct.computeIfAbsent(cell.pair(), _ -> new ArrayList<>()).add(cell);
            }
        }
        return direct.entrySet().stream()
                .map(entry -> dynamicContainer(entry.getKey(), overOneConnection(entry.getValue())))
                .toList();
    }

    private List<DynamicNode> overOneConnection(List<Cell> cells) {
        var tests = new ArrayList<DynamicNode>();
        tests.add(dynamicTest("begin", () -> peers.meeting(cells.getFirst()).begin()));
        for (var cell : cells) {
            tests.add(test(cell, () -> Check.of(cell.check()).run(peers.meeting(cell))));
        }
        tests.add(dynamicTest("end", () -> peers.meeting(cells.getFirst()).end()));
        return tests;
    }

    private DynamicTest test(Cell cell, Executable check) {
        return dynamicTest(
                cell.toString(),
                () -> {
                    check.execute();
                    green.add(cell);
                });
    }

    /// The relay, the dialer and the listener are three peers, whatever their implementations.
    @TestFactory
    @Order(2)
    List<DynamicContainer> circuits() {
        return overEachStack(
                MatrixPeers.Group.CIRCUIT,
                over -> {
                    var tests = new ArrayList<DynamicNode>();
                    for (var cell : matrix.requiredOver(over, Cell::isRelayed)) {
                        tests.add(test(cell, () -> Circuit.run(peers, cell)));
                    }
                    return tests;
                });
    }

    @TestFactory
    @Order(3)
    List<DynamicContainer> gossip() {
        return overEachStack(
                MatrixPeers.Group.MESH,
                over -> {
                    var tests = new ArrayList<DynamicNode>();
                    tests.add(dynamicTest("mesh", () -> form(over)));
                    for (var cell : matrix.requiredOver(over, Cell::isGossip)) {
                        tests.add(test(cell, () -> deliver(cell)));
                    }
                    tests.add(dynamicTest("IDONTWANT", () -> whoSpeaks12SaidIt(over)));
                    return tests;
                });
    }

    /// Peers that nobody needs any more end before the next begin.
    private List<DynamicContainer> overEachStack(
            MatrixPeers.Group group, Function<String, List<DynamicNode>> tests) {
        var containers = new ArrayList<DynamicContainer>();
        for (var over : Matrix.STACKS) {
            var all = tests.apply(over);
            all.add(dynamicTest("end", () -> peers.end(group, over)));
            containers.add(dynamicContainer(over, all));
        }
        return containers;
    }

    private void form(String over) throws IOException, InterruptedException {
        var like = new Cell(Implementation.JAVA, Implementation.JAVA, over, "");
        GossipMesh.form(peers.mesh(over), like.transport());
    }

    private void deliver(Cell cell) throws IOException, InterruptedException {
        var publisher =
                peers.meshed(cell.over(), cell.dialer(), Matrix.GOSSIP.indexOf(cell.check()));
        var receivers = new ArrayList<MatrixPeer>();
        for (var index = 0; index < MatrixPeers.MESH_PEERS; index++) {
            receivers.add(peers.meshed(cell.over(), cell.listener(), index));
        }
        receivers.remove(publisher);
        // Never publishes, and all its neighbours speak 1.2.
        var last = peers.meshed(cell.over(), Implementation.JAVA, MatrixPeers.MESH_PEERS - 1);
        var before = dontWants(last, "sent");
        GossipMesh.deliver(publisher, receivers);
        GossipMesh.eventually("IDONTWANT of ours", () -> dontWants(last, "sent") > before);
    }

    /// Of our peers, who speaks 1.2 has heard the others' words, and who does not neither heard nor
    /// said one.
    private void whoSpeaks12SaidIt(String over) throws IOException, InterruptedException {
        var last = peers.meshed(over, Implementation.JAVA, MatrixPeers.MESH_PEERS - 1);
        GossipMesh.eventually("IDONTWANT of others", () -> dontWants(last, "received") > 0);
        var old = peers.meshed(over, Implementation.JAVA, 0);
        assertThat(dontWants(old, "sent")).as("said by 1.1").isZero();
        assertThat(dontWants(old, "received")).as("said to 1.1").isZero();
    }

    private static long dontWants(MatrixPeer ours, String way)
            throws IOException, InterruptedException {
        return ours.ask("dontWants", Map.of()).get(way).asLong();
    }

    /// Tests that ran are not enough: each cell that is listed must be among them, and with `CI`
    /// set some must have run.
    @AfterAll
    void everyRequiredCellRan() throws IOException {
        peers.close();
        if (began || PeerProgram.nothingSkipped(System.getenv())) {
            Files.writeString(REPORT, MatrixTable.of(matrix, green));
            var missing = new LinkedHashSet<>(matrix.required());
            missing.removeAll(green);
            assertThat(missing.stream().map(Cell::toString).collect(Collectors.joining("\n")))
                    .as("required cells that are not green")
                    .isEmpty();
        }
    }
}
