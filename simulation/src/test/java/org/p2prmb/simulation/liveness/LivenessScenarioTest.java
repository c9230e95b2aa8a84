package org.p2prmb.simulation.liveness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.simulation.Crypto;
import org.p2prmb.simulation.RunSettings;
import org.p2prmb.simulation.engine.Crash;

/// Small networks of the production machines with real signatures, under each trouble.
final class LivenessScenarioTest {
    private static RunSettings model(int agents, long seed, int minutes) {
        return RunSettings.of(agents, seed, minutes).withCrypto(Crypto.MODEL);
    }

    @Test
    void oneSeedGivesOneReport() {
        var troubles =
                Troubles.NONE
                        .withDead(0.1)
                        .withLeaving(0.1)
                        .withStalling(0.2)
                        .withMalicious(0.2)
                        .withPartitionMinutes(1);
        var settings = model(60, 5, 3).withLoss(0.1);
        var report = LivenessRun.of(settings, troubles).report();
        assertThat(LivenessRun.of(settings, troubles).report()).isEqualTo(report);
        var other = model(60, 6, 3).withLoss(0.1);
        assertThat(LivenessRun.of(other, troubles).report()).isNotEqualTo(report);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void theSmallestNetworksBuryAKilledAgent(int agents) {
        Seeds.forEach(
                10,
                random -> {
                    for (var crash : Crash.values()) {
                        var troubles = Troubles.NONE.withDead(0.01).withCrash(crash);
                        var run = LivenessRun.of(model(agents, random.nextLong(), 3), troubles);
                        assertThat(run.count("removals")).isEqualTo(agents - 1);
                        assertThat(run.measure("removalSeconds", "max")).isLessThanOrEqualTo(60);
                        assertThat(run.count("falseRemovals")).isZero();
                        assertThat(run.count("handedOutDeadAfter60Seconds")).isZero();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(Crash.class)
    void theCrashedAreRemovedInTimeAndTheLivingNever(Crash crash) {
        var run =
                LivenessRun.of(
                        RunSettings.of(100, 3, 5).withLoss(0.05),
                        Troubles.NONE.withDead(0.1).withStalling(0.05).withCrash(crash));
        assertThat(run.count("removals")).isGreaterThan(400);
        assertThat(run.measure("removalSeconds", "p50")).isLessThanOrEqualTo(32);
        assertThat(run.measure("removalSeconds", "max")).isLessThanOrEqualTo(90);
        assertThat(run.count("handedOutDeadAfter60Seconds")).isZero();
        assertThat(run.count("falseRemovals")).isZero();
        assertThat(run.count("falseRemovalsStalling")).isZero();
    }

    @Test
    void whoLeavesIsRemovedWithinSeconds() {
        var run = LivenessRun.of(RunSettings.of(100, 3, 3), Troubles.NONE.withLeaving(0.1));
        assertThat(run.measure("leaveSeconds", "p99")).isLessThanOrEqualTo(5);
        assertThat(run.count("falseRemovals")).isZero();
    }

    /// The liars make valid obituaries of the living, and still nobody is removed.
    @ParameterizedTest
    @EnumSource(Crypto.class)
    void aThirdOfMaliciousWatchersRemovesNoLivingAgent(Crypto crypto) {
        var run =
                LivenessRun.of(
                        RunSettings.of(100, 9, 4).withLoss(0.02).withCrypto(crypto),
                        Troubles.NONE.withDead(0.05).withMalicious(0.33));
        assertThat(run.count("forgedObituaries")).isPositive();
        assertThat(run.count("falseRemovals")).isZero();
        assertThat(run.count("handedOutDeadAfter60Seconds")).isZero();
        assertThat(run.measure("removalSeconds", "max")).isLessThanOrEqualTo(90);
    }

    @Test
    void aHealedPartitionBringsTheContactsBack() {
        var run = LivenessRun.of(model(100, 4, 5), Troubles.NONE.withPartitionMinutes(3));
        assertThat(run.measure("restoredSeconds", "p99")).isLessThanOrEqualTo(60);
        assertThat(run.count("falseRemovals")).isZero();
    }

    @Test
    void aThirdDyingAtOnceIsNoticed() {
        var run = LivenessRun.of(model(150, 4, 5), Troubles.NONE.withMassDeath(0.3));
        assertThat(run.count("removals")).isGreaterThan(1_500);
        assertThat(run.measure("removalSeconds", "p99")).isLessThanOrEqualTo(90);
        var steady = LivenessRun.of(model(150, 4, 5), Troubles.NONE);
        assertThat(run.measure("busiestMinuteBytesPerAgentPerSecond"))
                .isLessThanOrEqualTo(10 * steady.measure("bytesPerAgentPerSecond"));
        assertThat(run.count("falseRemovals")).isZero();
    }

    @Test
    void impossibleTroublesAreRefused() {
        assertThatThrownBy(() -> Troubles.NONE.withDead(1.1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Troubles.NONE.withDead(0.6).withMassDeath(0.6))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        LivenessSettings.of(model(2, 1, 3), Troubles.NONE.withPartitionMinutes(2)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LivenessSettings(model(2, 1, 3), Troubles.NONE, 65))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
