package org.p2prmb.ledgers.utxo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.ledgers.utxo.UtxoRig.HASH;
import static org.p2prmb.ledgers.utxo.UtxoRig.INDEX;
import static org.p2prmb.ledgers.utxo.UtxoRig.LTC;
import static org.p2prmb.ledgers.utxo.UtxoRig.SECRET;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.LockView;

import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Transactions that wait, are replaced, or are taken back by the chain.
@Program.Needed(Program.LITECOIND)
final class UtxoTroubleTest {
    private static Litecoind chain;
    private static int tests = 50;

    private UtxoRig rig;

    @BeforeAll
    static void start() throws IOException, LedgerException {
        chain = Litecoind.start();
    }

    @AfterAll
    static void stop() {
        if (chain != null) {
            chain.close();
        }
    }

    @BeforeEach
    void newWallets() throws LedgerException {
        rig = new UtxoRig(chain, tests++);
    }

    @Test
    void theSameBytesMayBeSentAgainAndAgain() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.alice.sign(leg, HASH, INDEX, List.of());
        rig.alice.send(lock.steps().getFirst());
        rig.mined(lock.steps().getFirst());
        rig.mined(lock.steps().getFirst());
        rig.mined(lock.cancels().getLast());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Locked(3));
        var redeem = rig.redeems(leg, lock);
        rig.bob.send(redeem.getFirst());
        rig.mined(redeem.getFirst());
        rig.mined(redeem.getFirst());
        rig.mined(redeem.getLast());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 3));
    }

    @Test
    void aStuckLockIsReplacedAndLost() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.alice.sign(leg, HASH, INDEX, List.of());
        rig.alice.send(lock.steps().getFirst());
        chain.hold(lock.steps().getFirst().id());
        chain.mine(2);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Pending());
        rig.mined(lock.cancels().getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(1));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Absent());
        rig.mined(lock.steps().getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(2));
        assertThat(rig.alice.balance(leg.asset()))
                .isEqualTo(BigInteger.valueOf(4 * LTC - lock.cancels().getFirst().fee()));
    }

    @Test
    void aLadderOutbidsItself() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        var redeem = rig.redeems(leg, lock);
        for (var rung : redeem) {
            rig.bob.send(rung);
            chain.hold(rung.id());
            assertThat(chain.rpc().ask("getrawmempool").toString()).contains(rung.id().toHex());
            assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 0));
        }
        assertThat(redeem.getLast().fee()).isEqualTo(redeem.getFirst().fee() * 512);
        chain.release(redeem.getLast().id());
        chain.mine(1);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(rig.bob.balance(leg.asset()))
                .isEqualTo(BigInteger.valueOf(LTC - redeem.getLast().fee()));
    }

    /// A lock of little out of a large coin: its cancels end at what it locks.
    @Test
    void noStepCostsMoreThanIsSaidBefore() throws LedgerException {
        for (long amount : new long[] {80_000, LTC}) {
            var leg = rig.leg(amount, 3_600);
            var asset = leg.asset();
            var reserve = rig.alice.feeReserve(asset).longValueExact();
            var takeBack = rig.alice.takeBackFeeMax(asset, leg.amount()).longValueExact();
            var lock = rig.alice.sign(leg, HASH, INDEX, List.of());
            assertThat(lock.steps().getFirst().fee()).isLessThanOrEqualTo(reserve);
            assertThat(takeBack).isLessThanOrEqualTo(amount);
            for (var rung : lock.refunds()) {
                assertThat(rung.fee()).isLessThanOrEqualTo(takeBack);
            }
            for (var rung : lock.cancels()) {
                assertThat(rung.fee()).isLessThanOrEqualTo(takeBack);
            }
            for (var rung : rig.bob.presignRedeem(leg, HASH, lock.ref(), INDEX)) {
                assertThat(rung.fee())
                        .isLessThanOrEqualTo(rig.bob.redeemFeeMax(asset).longValueExact());
            }
        }
    }

    @Test
    void aReorganisedLockWaitsAgain() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        chain.mine(1);
        var balance = rig.alice.balance(leg.asset());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Locked(2));
        var hash = chain.takeBack(2);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Pending());
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Pending());
        assertThat(rig.alice.balance(leg.asset())).isEqualTo(BigInteger.valueOf(4 * LTC));
        chain.restore(hash);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Locked(2));
        assertThat(rig.alice.balance(leg.asset())).isEqualTo(balance);
    }

    @Test
    void aLockInALowerBlockThanBeforeIsFound() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        long high = lock.since() + 4;
        assertThat(rig.alice.view(leg, HASH, lock.ref(), high, lock.inputs()))
                .isEqualTo(new LockView.Locked(1));
    }

    @Test
    void oldBlocksAreReadInPartsOfAThousand() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        assertThatThrownBy(() -> rig.bob.view(leg, HASH, lock.ref(), 0, List.of()))
                .isInstanceOf(LedgerException.class)
                .hasMessageEndingWith("blocks are still to be read");
        assertThat(rig.bob.view(leg, HASH, lock.ref(), 0, List.of()))
                .isEqualTo(new LockView.Locked(1));
    }

    @Test
    void aReorganisedRedeemStillTellsItsSecret() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        rig.mined(rig.redeems(leg, lock).getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        chain.takeBack(1);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 0));
        // Another block than before, with other times.
        chain.setTime(chain.medianTime().plusSeconds(500));
        chain.mine(2);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 2));
    }

    @Test
    void aRefundThatLosesToARedeemIsNone() throws LedgerException {
        var leg = rig.leg(LTC, 600);
        var lock = rig.lock(leg);
        chain.setTime(leg.refundAt().plusSeconds(1));
        chain.mine(7);
        rig.alice.send(lock.refunds().getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Locked(8));
        rig.bob.send(rig.redeems(leg, lock).get(3));
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 0));
        rig.mined(lock.refunds().getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
    }

    @Test
    void coinsOfOtherSwapsAreLeftAlone() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var first = rig.alice.sign(leg, HASH, INDEX, List.of());
        var second = rig.alice.sign(leg, HASH, INDEX, first.inputs());
        assertThat(second.inputs()).doesNotContainAnyElementsOf(first.inputs());
        var both = new ArrayList<Bytes>(first.inputs());
        both.addAll(second.inputs());
        assertThatThrownBy(() -> rig.alice.sign(leg, HASH, INDEX, both))
                .hasMessageContaining("the 0 largest free coins come to 0 units");
        rig.alice.send(second.steps().getFirst());
        rig.mined(first.steps().getFirst());
        assertThat(rig.aliceSees(leg, first)).isEqualTo(new LockView.Locked(1));
        assertThat(rig.aliceSees(leg, second)).isEqualTo(new LockView.Locked(1));
        // Both coins together are one lock.
        var all = rig.alice.sign(rig.leg(3 * LTC / 2, 3_600), HASH, INDEX, List.of());
        assertThat(all.inputs()).hasSize(2);
    }

    @Test
    void aWalletThatIsOpenedLaterSeesAllOfIt() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        rig.mined(rig.redeems(leg, lock).getFirst());
        chain.mine(3);
        var settings = UtxoSettings.of(UtxoChain.LITECOIN_REGTEST);
        var later = UtxoLedger.open(chain.rpc(), settings, rig.bobKeys);
        assertThat(later.view(leg, HASH, lock.ref(), lock.since(), List.of()))
                .isEqualTo(new LockView.Redeemed(SECRET, 4));
        assertThat(later.balance(leg.asset())).isEqualTo(rig.bob.balance(leg.asset()));
        assertThat(later.address()).startsWith("rltc1q").isEqualTo(rig.bob.address());
    }
}
