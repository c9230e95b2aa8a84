package org.p2prmb.node.swap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.node.config.DepthRule;
import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.protocols.swap.LedgerException;

import java.time.Duration;
import java.util.List;

/// What an owner is told of the time for which coins can be locked holds for each contract that
/// comes of it.
final class LockTimeTest {
    private final DeskRig rig = new DeskRig();
    private final DeskRig.Party seller = rig.party("seller");
    private final DeskRig.Party buyer = rig.party("buyer");

    @AfterEach
    void close() {
        rig.close();
    }

    private LockTime told(long lots) throws LedgerException {
        return LockTime.of(
                DeskRig.CONFIG,
                buyer.wallet.ledger(SimulatedTown.GOLD.chain()),
                buyer.wallet.ledger(SimulatedTown.CORN.chain()),
                lots * DeskRig.LOT_CENTS);
    }

    @Test
    void noContractForLessLocksLonger() throws LedgerException {
        for (int lots = 1; lots <= 10; lots++) {
            assertThat(told(lots).seller())
                    .isGreaterThanOrEqualTo(told(Math.max(1, lots - 1)).seller());
            assertThat(told(lots).buyer())
                    .isGreaterThanOrEqualTo(told(Math.max(1, lots - 1)).buyer());
        }
        assertThat(told(1_000)).isEqualTo(told(10));
        // The downtime that is survived and the depths grow with the value: of one lot it says
        // less.
        rig.agree(seller, buyer, "two lots", 2 * DeskRig.LOT_CENTS);
        var terms = seller.swap().deal().terms();
        var locked = Duration.between(rig.town.now(), terms.a().refundAt());
        assertThat(locked).isGreaterThan(told(1).seller()).isLessThan(told(2).seller());
    }

    @Test
    void aVanishedBuyersSellerHasItsCoinsBackInThatTime() throws LedgerException {
        rig.agree(seller, buyer, "window");
        rig.deliver();
        var from = rig.town.now();
        buyer.muted = true;
        while (!seller.swap().isOver()) {
            seller.look();
            rig.town.pass();
        }
        assertThat(seller.stage()).isEqualTo("refunded");
        assertThat(Duration.between(from, rig.town.now())).isLessThan(told(1).seller());
    }

    private DeskRig.Party slow(String name, Duration handling, int depth) {
        return rig.party(
                name,
                DeskRig.CONFIG
                        .withHandling(handling)
                        .withDepths(List.of(new DepthRule("*", depth, depth))));
    }

    @Test
    void aSlowerSellersContractIsCountersignedUpToWhatTheOwnerWasTold() throws LedgerException {
        rig.agree(slow("slow", Duration.ofMinutes(10), 3), buyer, "slow");
        rig.deliver();
        assertThat(buyer.stage()).isEqualTo("countersigned");
    }

    @Test
    void aContractThatLocksForLongerIsNotCountersigned() throws LedgerException {
        var slowest = slow("slowest", SwapConfig.defaults().handling().multipliedBy(12), 12);
        var id = rig.agree(slowest, buyer, "slowest");
        rig.deliver();
        assertThat(buyer.desk().swaps()).isEmpty();
        assertThat(buyer.desk().refused())
                .singleElement()
                .satisfies(contract -> {
                    assertThat(contract.terms().id()).isEqualTo(id);
                    assertThat(contract.why())
                            .contains("our coins could be locked for")
                            .contains("%d h".formatted(told(1).buyer().toHours()));
                });
    }
}
