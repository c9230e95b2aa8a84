package org.p2prmb.simulation.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.simulation.Crypto;
import org.p2prmb.simulation.RunSettings;

/// Messages among honest agents, in good and bad weather.
final class GossipScenarioTest {
    private static final long SEED = 7;
    private static final GossipConfig.Degrees DEGREES = GossipConfig.defaults().degrees();

    private static RunSettings run(int agents, int minutes) {
        return RunSettings.of(agents, SEED, minutes).withCrypto(Crypto.MODEL);
    }

    private static GossipSettings settings(int agents, int minutes) {
        return GossipSettings.of(run(agents, minutes));
    }

    @Test
    void everybodyGetsEachMessageInAFewHops() {
        var result = GossipRun.of(settings(300, 1));

        assertThat(result.count("messages")).isBetween(40L, 90L);
        assertThat(result.count("deliveries")).isEqualTo(299 * result.count("messages"));
        assertThat(result.measure("deliveryRate")).isEqualTo(1);
        assertThat(result.measure("deliverySeconds", "max")).isLessThan(1);
        assertThat(result.measure("duplicatesPerDelivery")).isBetween(1.0, 12.0);
        assertThat(result.measure("meshDegree", "mean"))
                .isBetween((double) DEGREES.low(), (double) DEGREES.high());
        assertThat(result.count("meshDegree", "max")).isLessThanOrEqualTo(DEGREES.afterBeatMax());
        assertThat(result.measure("controlBytesPerAgentPerSecond"))
                .isBetween(1.0, result.measure("bytesPerAgentPerSecond"));
        assertThat(result.isMeasured("healedSeconds")).isFalse();
        assertThat(result.isMeasured("recoveredSeconds")).isFalse();
    }

    @Test
    void twoRunsWithOneSeedAreEqualAndAnotherSeedIsAnotherRun() {
        var troubles = Troubles.NONE.withDead(0.1).withStalling(0.1);
        var settings =
                GossipSettings.of(run(60, 1).withLoss(0.05))
                        .withTroubles(troubles)
                        .withDisorder(0.05, 0.05)
                        .withAttack(Attack.FORGE, 0.1);
        var other = RunSettings.of(60, SEED + 1, 1).withLoss(0.05).withCrypto(Crypto.MODEL);
        var otherwise =
                GossipSettings.of(other)
                        .withTroubles(troubles)
                        .withDisorder(0.05, 0.05)
                        .withAttack(Attack.FORGE, 0.1);

        var first = GossipRun.of(settings);

        assertThat(GossipRun.of(settings)).isEqualTo(first);
        assertThat(GossipRun.of(otherwise)).isNotEqualTo(first);
    }

    @Test
    void realSignaturesGiveTheSameMessagesToTheSameAgents() {
        var real = GossipSettings.of(run(40, 1).withCrypto(Crypto.REAL));

        var result = GossipRun.of(real);
        var model = GossipRun.of(settings(40, 1));

        assertThat(result.measure("deliveryRate")).isEqualTo(1);
        assertThat(result.count("deliveries")).isEqualTo(model.count("deliveries"));
        assertThat(result.measure("bytesPerAgentPerSecond"))
                .isEqualTo(model.measure("bytesPerAgentPerSecond"));
    }

    @Test
    void lossDuplicationAndReorderingKeepNoMessageFromAnyone() {
        var run = run(200, 2).withLoss(0.1);

        var result = GossipRun.of(GossipSettings.of(run).withDisorder(0.1, 0.1));

        assertThat(result.measure("deliveryRate")).isGreaterThanOrEqualTo(0.999);
    }

    @Test
    void crashesRestartsAndStallsKeepNoMessageFromThoseWhoAreWell() {
        var troubles = Troubles.NONE.withDead(0.2).withStalling(0.1);

        var result = GossipRun.of(settings(200, 3).withTroubles(troubles));

        assertThat(result.measure("deliveryRate")).isGreaterThanOrEqualTo(0.999);
    }

    @Test
    void theRestGoesOnWhenAThirdCrashesInOneMoment() {
        var troubles = Troubles.NONE.withMassDeath(0.33);

        var result = GossipRun.of(settings(200, 2).withTroubles(troubles));

        assertThat(result.measure("deliveryRate")).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void theHalvesOfAHealedPartitionHearEachOtherAgainWithinAMinute() {
        var troubles = Troubles.NONE.withPartitionMinutes(2);

        var result = GossipRun.of(settings(200, 4).withTroubles(troubles));

        assertThat(result.measure("deliveryRate")).isGreaterThanOrEqualTo(0.99);
        assertThat(result.measure("healedSeconds")).isBetween(0.0, 60.0);
    }

    @Test
    void topicsOfWhichEachAgentIsInSomeAreServedApart() {
        var load = new Load(4, 2, 4, 1_000);

        var result = GossipRun.of(settings(100, 1).withNeighbours(32).withLoad(load));

        assertThat(result.measure("deliveryRate")).isGreaterThanOrEqualTo(0.999);
        assertThat(result.count("deliveries")).isLessThan(60 * result.count("messages"));
    }

    @Test
    void twoAgentsAreANetwork() {
        var result = GossipRun.of(settings(2, 1));

        assertThat(result.measure("deliveryRate")).isEqualTo(1);
        assertThat(result.count("meshDegree", "max")).isEqualTo(1);
    }

    @Test
    void whatIsOutOfBoundsIsRefused() {
        var settings = settings(10, 2);
        assertThatIllegalArgumentException().isThrownBy(() -> new Load(0, 1, 1, 100));
        assertThatIllegalArgumentException().isThrownBy(() -> new Load(2, 3, 1, 100));
        assertThatIllegalArgumentException().isThrownBy(() -> new Load(1, 1, 0, 100));
        assertThatIllegalArgumentException().isThrownBy(() -> new Load(1, 1, 1, 70_000));
        assertThatIllegalArgumentException().isThrownBy(() -> settings.withNeighbours(0));
        assertThatIllegalArgumentException().isThrownBy(() -> settings.withDisorder(0.6, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withAttack(Attack.CENSOR, 0.95));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Troubles.NONE.withDead(0.5).withMassDeath(0.5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings.withTroubles(Troubles.NONE.withPartitionMinutes(2)));
    }
}
