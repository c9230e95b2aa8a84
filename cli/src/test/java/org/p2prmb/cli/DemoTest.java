package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;

import java.time.Duration;
import java.util.List;

final class DemoTest {
    @Test
    void everyStepIsSeenByAnotherAgentThanItsActor() {
        var start = System.nanoTime();
        var result = CommandRun.of("demo", "--json", "--exit");
        assertThat(result.code()).as(result.out() + result.err()).isZero();
        assertThat(result.err()).isEmpty();
        var lines = lines(result);
        assertThat(lines.getLast().path("result").asText()).isEqualTo("ok");
        var steps = lines.subList(0, lines.size() - 1);
        assertThat(steps)
                .extracting(step -> step.path("name").asText())
                .containsExactly(
                        "bootstrap",
                        "join",
                        "contacts",
                        "offer",
                        "search",
                        "message",
                        "cache",
                        "gossip",
                        "death",
                        "traders",
                        "sell",
                        "bid",
                        "choose",
                        "sign",
                        "vanish",
                        "settle",
                        "refund");
        assertTraded(steps);
        for (var step : steps) {
            assertThat(step.path("evidence")).as(step.toString()).isNotEmpty();
            assertThat(step.path("evidence"))
                    .allMatch(evidence ->
                            !List.of(step.path("actor").asText().split(" "))
                                    .contains(evidence.path("from").asText()));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }

    /// Three lots for five bids; two swaps that both sides finish, and coins that come back.
    private static void assertTraded(List<ObjectNode> steps) {
        assertThat(values(steps, "bid", "bids")).containsExactlyInAnyOrder("2", "2", "1");
        assertThat(values(steps, "choose", "state"))
                .containsExactly("lost", "contracted", "lost", "contracted", "contracted");
        assertThat(values(steps, "sign", "state")).containsOnly("lock-ready").hasSize(3);
        assertThat(values(steps, "settle", "tokenUnits"))
                .containsExactly("410000000000", "215000000000");
        assertThat(values(steps, "refund", "lotsLeft")).containsExactly("1");
        var left = Long.parseLong(values(steps, "refund", "satoshis").getFirst());
        assertThat(left).isBetween(1_990_000L, 2_000_000L);
    }

    /// What the witnesses of a step say in a field.
    private static List<String> values(List<ObjectNode> steps, String name, String field) {
        return steps.stream()
                .filter(step -> step.path("name").asText().equals(name))
                .flatMap(step -> step.path("evidence").valueStream())
                .map(evidence -> evidence.path(field).asText())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eva", "bootstrap", "hugo"})
    void anAgentKilledInTheMiddleFailsTheDemo(String victim) {
        var run = CommandRun.create();
        var root = new RootCommand(run.shell());
        Demo.Interference murder =
                (step, network) -> {
                    if (step.equals("message")) {
                        network.kill(victim);
                    }
                };
        var line = new CommandLine(root);
        line.addSubcommand("demo", new DemoCommand(root, murder));
        var result = run.result(line.execute("demo", "--json", "--exit"));
        assertThat(result.code()).isEqualTo(Rmb.FAILED);
        var last = lines(result).getLast();
        assertThat(last.path("result").asText()).isEqualTo("failed");
        assertThat(last.path("during").asText()).isIn("cache", "gossip");
        assertThat(last.path("reason").asText()).isNotEmpty();
    }

    @Test
    void theStoryIsToldInWordsToo() {
        var result = CommandRun.of("demo", "--exit");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.out()).contains("All 17 steps worked").doesNotContain("{", "\u001b");
        assertThat(result.out().lines()).allMatch(line -> line.length() <= 120);
    }

    private static List<ObjectNode> lines(CommandRun.Result result) {
        return result.out().lines().map(Json::parseObject).toList();
    }
}
