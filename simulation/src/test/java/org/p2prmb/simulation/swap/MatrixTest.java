package org.p2prmb.simulation.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.simulation.Report;
import org.p2prmb.simulation.Report.Figure;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/// Nobody loses more than fees, wherever it is killed and whatever happens besides.
final class MatrixTest {
    private static final Set<Fault> CROWDS = EnumSet.of(Fault.CROWD, Fault.PEER_CROWD);

    @Test
    void anUndisturbedSwapSettlesForBoth() {
        for (boolean slowFirst : new boolean[] {false, true}) {
            var world = world(slowFirst, Fault.NONE);
            assertThat(world.run()).isEmpty();
            assertThat(world.party(Role.SELLER).saved())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            SellerSwap.Ended.class,
                            ended -> assertThat(ended.outcome()).isEqualTo(Outcome.SETTLED));
        }
    }

    private static SwapWorld world(boolean slowFirst, Fault fault) {
        return new SwapWorld(new Keyring(), slowFirst, null, fault, 1, SwapWorld.DOWN);
    }

    @Test
    void nobodyLosesItsLegWhereverItIsKilled() {
        var report = new MatrixScenario(1, true).run(_ -> {});
        assertThat(count(report, "violations")).as(report::toString).isZero();
        assertThat(count(report, "scenarios")).isGreaterThan(1_000);
    }

    @Test
    void marginsForNoDowntimeAreFoundToBeTooSmall() {
        var late = EnumSet.of(Fault.PEER_LATE);
        var report = new MatrixScenario(1, true, Duration.ZERO, late, _ -> {}).run(_ -> {});
        assertThat(byInvariant(report, "I1")).isPositive();
    }

    @Test
    void ofThreeSwapsAsManyAreMadeAsThereAreCoinsFor() {
        for (var fault : CROWDS) {
            for (boolean slowFirst : new boolean[] {false, true}) {
                var world = world(slowFirst, fault);
                assertThat(world.run()).isEmpty();
                assertThat(world.deals().planned())
                        .extracting(terms -> world.party(Role.BUYER).outcome(terms.id()))
                        .as("%s, slow first: %s", fault, slowFirst)
                        .filteredOn("SETTLED"::equals)
                        .hasSizeBetween(1, 2);
            }
        }
    }

    @Test
    void aRuleOfReservationsThatPromisesTooMuchIsFound() {
        var spoilt =
                new MatrixScenario(1, false, SwapWorld.DOWN, CROWDS, MatrixTest::promiseTooMuch);
        assertThat(byInvariant(spoilt.run(_ -> {}), "I3")).isPositive();
    }

    private static void promiseTooMuch(SwapWorld world) {
        for (var role : Role.values()) {
            for (var side : Side.values()) {
                world.party(role).ledger(side).boast();
            }
        }
    }

    private static long byInvariant(Report report, String invariant) {
        return report.figures().get("byInvariant") instanceof Figure.Group(var group)
                ? count(group, invariant)
                : 0;
    }

    private static long count(Report report, String figure) {
        return ((Figure.Count) Objects.requireNonNull(report.figures().get(figure))).value();
    }
}
