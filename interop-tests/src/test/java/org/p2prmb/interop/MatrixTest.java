package org.p2prmb.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
            if (cell.over().contains("/")) {
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
            tests.add(
                    dynamicTest(
                            cell.check(),
                            () -> {
                                Check.of(cell.check()).run(peers.meeting(cell));
                                green.add(cell);
                            }));
        }
        tests.add(dynamicTest("end", () -> peers.meeting(cells.getFirst()).end()));
        return tests;
    }

    /// The relay, the dialer and the listener are three peers, whatever their implementations.
    @TestFactory
    @Order(2)
    List<DynamicNode> circuits() {
        return matrix.required().stream()
                .filter(cell -> cell.check().equals(Matrix.CIRCUIT))
                .map(cell ->
                        (DynamicNode)
                                dynamicTest(
                                        cell.toString(),
                                        () -> {
                                            Circuit.run(peers, cell);
                                            green.add(cell);
                                        }))
                .toList();
    }

    @TestFactory
    @Order(3)
    List<DynamicNode> gossip() {
        var tests = new ArrayList<DynamicNode>();
        tests.add(dynamicTest("mesh", () -> new GossipMesh(peers.mesh()).form()));
        for (var cell : matrix.required()) {
            if (cell.check().equals(Matrix.DELIVERY)) {
                tests.add(
                        dynamicTest(
                                cell.toString(),
                                () -> {
                                    deliver(cell);
                                    green.add(cell);
                                }));
            }
        }
        return tests;
    }

    private void deliver(Cell cell) throws IOException, InterruptedException {
        var version = Matrix.GOSSIP_VERSIONS.indexOf(cell.over());
        var publisher = peers.meshed(cell.dialer(), version);
        var receivers = new ArrayList<MatrixPeer>();
        for (var index = 0; index < MatrixPeers.MESH_PEERS; index++) {
            receivers.add(peers.meshed(cell.listener(), index));
        }
        receivers.remove(publisher);
        GossipMesh.deliver(publisher, receivers, cell.toString());
    }

    /// Tests that ran are not enough: each cell that is listed must be among them.
    @AfterAll
    void everyRequiredCellRan() throws IOException {
        peers.close();
        if (began) {
            Files.writeString(REPORT, MatrixTable.of(matrix, green));
            var missing = new LinkedHashSet<>(matrix.required());
            missing.removeAll(green);
            assertThat(missing.stream().map(Cell::toString).collect(Collectors.joining("\n")))
                    .as("required cells that are not green")
                    .isEmpty();
        }
    }
}
