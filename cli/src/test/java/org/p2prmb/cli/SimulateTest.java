package org.p2prmb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

/// `rmb simulate`, with networks that take a moment.
final class SimulateTest {
    private static final String[] SMALL = {
        "simulate", "liveness", "--agents", "12", "--minutes", "2", "--loss", "5", "--seed", "7"
    };

    private static final String[] GOSSIP = {
        "simulate",
        "gossip",
        "--agents",
        "40",
        "--minutes",
        "3",
        "--loss",
        "5",
        "--seed",
        "7",
        "--topics",
        "2",
        "--joined",
        "1",
        "--neighbours",
        "12",
        "--stalling",
        "5",
        "--partition-minutes",
        "1",
        "--attackers",
        "10",
        "--attack",
        "forge",
        "--json"
    };

    private static String[] json() {
        var words = Arrays.copyOf(SMALL, SMALL.length + 1);
        words[SMALL.length] = "--json";
        return words;
    }

    @Test
    void twoRunsWithOneSeedGiveEqualBytes() {
        var first = CommandRun.of(json());
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(CommandRun.of(json()).out()).isEqualTo(first.out());
    }

    @Test
    void theResultIsOneJsonObjectWithTheFiguresThatOperatorsCompare() {
        var result = CommandRun.of(json());
        assertThat(result.out().strip()).doesNotContain("\n");
        assertThat(result.err()).isEmpty();
        var object = Json.parseObject(result.out());
        assertThat(object.path("scenario").asText()).isEqualTo("liveness");
        assertThat(object.path("agents").asInt()).isEqualTo(12);
        assertThat(object.path("seed").asLong()).isEqualTo(7);
        assertThat(object.path("minutes").asInt()).isEqualTo(2);
        assertThat(object.path("crypto").asText()).isEqualTo("real");
        assertThat(object.path("agentHours").asDouble()).isPositive();
        assertThat(object.path("bytesPerAgentPerSecond").asDouble()).isPositive();
        for (var share : new String[] {"p50", "p99", "max"}) {
            assertThat(object.path("removalSeconds").path(share).isNumber()).isTrue();
        }
        assertThat(object.path("leaveSeconds").path("p99").isNumber()).isTrue();
        assertThat(object.path("restoredSeconds").path("p99").isNull()).isTrue();
        assertThat(object.path("falseRemovals").asLong()).isZero();
        assertThat(object.path("handedOutDeadAfter60Seconds").asLong()).isZero();
        assertThat(object.path("invariantViolations").asLong()).isZero();
    }

    @Test
    void gossipTellsWhatArrivedWhenAndAtWhichCostTheSameEachTime() {
        var first = CommandRun.of(GOSSIP);
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(CommandRun.of(GOSSIP).out()).isEqualTo(first.out());

        var object = Json.parseObject(first.out());
        assertThat(object.path("scenario").asText()).isEqualTo("gossip");
        assertThat(object.path("agents").asInt()).isEqualTo(40);
        assertThat(object.path("seed").asLong()).isEqualTo(7);
        assertThat(object.path("crypto").asText()).isEqualTo("real");
        assertThat(object.path("attack").asText()).isEqualTo("forge");
        assertThat(object.path("messages").asLong()).isPositive();
        assertThat(object.path("deliveries").asLong()).isPositive();
        assertThat(object.path("deliveryRate").asDouble()).isBetween(0.9, 1.0);
        for (var share : new String[] {"p50", "p99", "max"}) {
            assertThat(object.path("deliverySeconds").path(share).isNumber()).isTrue();
        }
        assertThat(object.path("duplicatesPerDelivery").asDouble()).isPositive();
        assertThat(object.path("controlBytesPerAgentPerSecond").asDouble())
                .isBetween(1.0, object.path("bytesPerAgentPerSecond").asDouble());
        for (var figure : new String[] {"mean", "min", "max"}) {
            assertThat(object.path("meshDegree").path(figure).isNumber()).isTrue();
        }
        assertThat(object.path("healedSeconds").isNumber()).isTrue();
        assertThat(object.path("recoveredSeconds").isNull()).isTrue();
        assertThat(object.path("forgeriesRefused").asLong()).isPositive();
        assertThat(object.path("invariantViolations").asLong()).isZero();
    }

    @Test
    void peopleGetATableOfTheSameFigures() {
        var result = CommandRun.of(SMALL);
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("figure")
                .contains("removalSeconds p99")
                .containsPattern("restoredSeconds p50 +-\n")
                .containsPattern("falseRemovals +0\n");
    }

    @Test
    void theReputationScenarioPrintsItsWorkloadAndEqualBytesForEqualSeeds() {
        var words =
                new String[] {
                    "simulate",
                    "reputation",
                    "--attack",
                    "sybil",
                    "--attackers",
                    "0.2",
                    "--agents",
                    "40",
                    "--rounds",
                    "12",
                    "--seeds",
                    "2",
                    "--json"
                };
        var first = CommandRun.of(words);
        assertThat(first.code()).as(first.err()).isZero();
        var object = Json.parseObject(first.out());
        assertThat(object.path("workload").path("agents").asInt()).isEqualTo(40);
        assertThat(object.path("seeds").asInt()).isEqualTo(2);
        for (var key : new String[] {"badSwapRate", "lateBadSwapRate"}) {
            assertThat(object.path(key).path("mean").isNumber()).isTrue();
            assertThat(object.path(key).path("worst").isNumber()).isTrue();
        }
        assertThat(object.path("honestRefusedRate").isNumber()).isTrue();
        assertThat(CommandRun.of(words).out()).isEqualTo(first.out());
    }

    @Test
    void theFairnessScenarioPrintsSharesByDistanceAndEqualBytesForEqualSeeds() {
        var words =
                new String[] {"simulate", "fairness", "--windows", "40", "--seed", "3", "--json"};
        var first = CommandRun.of(words);
        assertThat(first.code()).as(first.err()).isZero();
        var object = Json.parseObject(first.out());
        assertThat(object.path("policy").asText()).isEqualTo("sealed");
        assertThat(object.path("windows").asInt()).isEqualTo(40);
        for (var key : new String[] {"shares", "inclusion"}) {
            assertThat(object.path(key).isArray()).isTrue();
            assertThat(object.path(key)).hasSize(5);
        }
        assertThat(object.path("nearestShareInterval99")).hasSize(2);
        assertThat(object.path("chiSquareP").isNumber()).isTrue();
        assertThat(CommandRun.of(words).out()).isEqualTo(first.out());
    }

    @Test
    void theSwapScenarioPrintsWhatBrokeAndEqualBytesForEqualSeeds() {
        var words = new String[] {"simulate", "swap", "--seed", "3", "--json"};
        var first = CommandRun.of(words);
        assertThat(first.code()).as(first.err()).isZero();
        var object = Json.parseObject(first.out());
        assertThat(object.path("scenarios").asInt()).isGreaterThan(20);
        assertThat(object.path("violations").asInt()).isZero();
        assertThat(object.path("byInvariant")).hasSize(6);
        assertThat(CommandRun.of(words).out()).isEqualTo(first.out());
    }
}
