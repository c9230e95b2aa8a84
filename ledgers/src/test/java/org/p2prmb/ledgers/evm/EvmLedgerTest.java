package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.ledgers.evm.EvmRig.ETHER;
import static org.p2prmb.ledgers.evm.EvmRig.HASH;
import static org.p2prmb.ledgers.evm.EvmRig.SECRET;
import static org.p2prmb.ledgers.evm.EvmRig.TFT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.Secret;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Locks, redeems and refunds on a real node.
@Program.Needed(Program.ANVIL)
final class EvmLedgerTest {
    private static final BigInteger AMOUNT = ETHER.divide(BigInteger.TWO);

    private EvmRig rig;

    @BeforeEach
    void start() throws IOException, LedgerException {
        rig = EvmRig.start();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void whatOneSideRedeemsTellsTheOtherTheSecret() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var before = rig.bob.balance(rig.coin);
        var lock = rig.lock(leg);
        assertThat(rig.alice.predict(leg, HASH)).contains(lock.ref());
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(1));
        rig.chain.mine(1);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(2));

        assertThat(rig.bob.presignRedeem(leg, HASH, lock.ref(), 1)).isEmpty();
        rig.redeem(leg, lock);

        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        rig.chain.mine(3);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 4));
        assertThat(rig.bob.balance(rig.coin).subtract(before)).isEqualTo(AMOUNT);
    }

    @Test
    void aTokenOfSevenDecimalsIsSwappedToTheLastUnit() throws LedgerException {
        var amount = BigInteger.valueOf(123 * TFT + 4_567_891);
        var leg = rig.leg(rig.tft, amount, 1_000);
        var lock = rig.lock(leg);
        assertThat(lock.steps()).hasSize(2);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(1));
        rig.redeem(leg, lock);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(rig.bob.balance(rig.tft)).isEqualTo(amount);
        assertThat(rig.alice.balance(rig.tft))
                .isEqualTo(BigInteger.valueOf(1_000 * TFT).subtract(amount));
    }

    @Test
    void aRefundIsHeldBackBeforeItsTimeAndMadeAfterIt() throws LedgerException {
        for (var asset : List.of(rig.coin, rig.tft)) {
            var before = rig.alice.balance(asset);
            var leg = rig.leg(asset, BigInteger.valueOf(5 * TFT), 1_000);
            var lock = rig.lock(leg);
            rig.mined(lock.refunds());
            assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Locked(2));

            rig.chain.setNextTime(leg.refundAt().getEpochSecond());
            rig.chain.mine(1);
            assertThat(rig.alice.tip().time()).isEqualTo(leg.refundAt());
            rig.mined(lock.refunds().subList(0, 1));

            assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Refunded(1));
            assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Refunded(1));
            var spent = before.subtract(rig.alice.balance(asset));
            // Fees of the coin are paid from the same account.
            assertThat(spent).isBetween(BigInteger.ZERO, rig.alice.feeReserve(asset));
        }
    }

    @Test
    void aRedeemIsTakenAfterItsTimeTooUntilTheRefundIsMade() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        rig.chain.setNextTime(leg.refundAt().getEpochSecond() + 1);
        rig.chain.mine(1);
        rig.redeem(leg, lock);
        rig.mined(lock.refunds());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 2));
    }

    @Test
    void noOtherSecretRedeems() throws LedgerException, RpcRefusal {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        var wrong = new Secret(Bytes.utf8("another one of exactly 32 bytes!"));
        var redeem =
                rig.bob.redeem(new Redemption(leg, lock.ref(), wrong, 1), List.of(), List.of());
        rig.mined(redeem);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(2));
        // And when it is forced into a block: there it fails.
        rig.chain.rpc().tryAsk("eth_sendRawTransaction", "0x" + redeem.getFirst().bytes());
        rig.chain.mine(1);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(3));
        var nonce = new EvmNode(rig.chain.rpc()).nonce(rig.bobKeys.redeemerAddress(1));
        assertThat(nonce).isEqualTo(1);
    }

    @Test
    void theContractTakesSecretsOf32BytesOnly() throws LedgerException, RpcRefusal {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        var call = Htlc.redeem(lock.ref(), SECRET);
        rig.chain.rpc().tryAsk("eth_call", call(call), "latest");
        var short31 = call.slice(0, call.size() - 1);
        assertThatThrownBy(() -> rig.chain.rpc().tryAsk("eth_call", call(short31), "latest"))
                .isInstanceOf(RpcRefusal.class);
    }

    private Map<String, String> call(Bytes data) {
        return Map.of("to", "0x" + rig.settings.contract(), "data", "0x" + data);
    }

    @Test
    void anyOtherTermIsAnotherLock() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(1));
        var one = BigInteger.ONE;
        var others =
                List.of(
                        with(leg, leg.asset(), AMOUNT.add(one), leg.redeemTo(), leg.refundTo(), 0),
                        with(
                                leg,
                                leg.asset(),
                                AMOUNT.subtract(one),
                                leg.redeemTo(),
                                leg.refundTo(),
                                0),
                        with(
                                leg,
                                leg.asset(),
                                AMOUNT,
                                rig.bobKeys.redeemerAddress(0),
                                leg.refundTo(),
                                0),
                        with(
                                leg,
                                leg.asset(),
                                AMOUNT,
                                leg.redeemTo(),
                                rig.bobKeys.redeemerAddress(0),
                                0),
                        with(leg, leg.asset(), AMOUNT, leg.redeemTo(), leg.refundTo(), 1),
                        with(leg, rig.tft, AMOUNT, leg.redeemTo(), leg.refundTo(), 0));
        for (var other : others) {
            assertThat(rig.bobSees(other, lock)).isEqualTo(new LockView.Absent());
            var id = rig.bob.predict(other, HASH).orElseThrow();
            assertThat(rig.bob.view(other, HASH, id, 0, List.of()))
                    .isEqualTo(new LockView.Absent());
        }
        var hash = new Secret(Bytes.utf8("another one of exactly 32 bytes!")).hash();
        assertThat(rig.bob.view(leg, hash, lock.ref(), 0, List.of()))
                .isEqualTo(new LockView.Absent());
    }

    private static Leg with(
            Leg leg, Asset asset, BigInteger amount, Bytes redeemTo, Bytes refundTo, long later) {
        Instant refundAt = leg.refundAt().plusSeconds(later);
        return new Leg(asset, amount, leg.template(), redeemTo, refundTo, refundAt, leg.depth());
    }

    @Test
    void whatCannotBeSwappedIsSaidBefore() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        assertThat(rig.alice.unfit(leg)).isEmpty();
        var unknown = new Asset(rig.alice.chain(), "NONE", rig.settings.contract(), 7);
        assertThat(rig.alice.unfit(with(leg, unknown, AMOUNT, leg.redeemTo(), leg.refundTo(), 0)))
                .hasValueSatisfying(why -> assertThat(why).contains("no coin of ours"));
        for (var nobody :
                List.of(Bytes.wrap(new byte[20]), Bytes.hex("00"), rig.settings.contract())) {
            assertThat(rig.alice.unfit(with(leg, rig.coin, AMOUNT, nobody, leg.refundTo(), 0)))
                    .isPresent();
        }
        var contract = rig.chain.deployHtlc();
        var moved = new Htlc(rig.settings.chainId(), contract).template();
        var other =
                new Leg(rig.coin, AMOUNT, moved, leg.redeemTo(), leg.refundTo(), leg.refundAt(), 1);
        assertThat(rig.alice.unfit(other)).isPresent();
        assertThatThrownBy(() -> rig.alice.sign(other, HASH, 1, List.of()))
                .isInstanceOf(LedgerException.class);
    }

    @Test
    void aTokenThatKeepsAPartCannotBeLocked() throws LedgerException {
        var leg = rig.leg(rig.greedy, BigInteger.valueOf(100 * TFT), 1_000);
        var before = rig.alice.balance(rig.greedy);
        var lock = rig.lock(leg);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Lost(1));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Absent());
        assertThat(rig.alice.balance(rig.greedy)).isEqualTo(before);
    }

    @Test
    void aTokenThatAnswersNothingIsSwappedAllTheSame() throws LedgerException {
        var leg = rig.leg(rig.silent, BigInteger.valueOf(100 * TFT), 1_000);
        var lock = rig.lock(leg);
        rig.redeem(leg, lock);
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(rig.bob.balance(rig.silent)).isEqualTo(leg.amount());
    }

    @Test
    void withoutTheOwnersKeyAllGoesOnButNewLocks() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var lock = rig.lock(leg);
        var locked =
                EvmLedger.open(
                        rig.chain.rpc(),
                        rig.settings,
                        EvmKeys.gasOnly(rig.bobKeys.fundingAddress(), EvmRig.seed(4)));
        var redeem = locked.redeem(EvmRig.redemption(leg, lock), List.of(), List.of());
        rig.mined(redeem.subList(0, 1));
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        var back =
                new Leg(
                        rig.coin,
                        AMOUNT,
                        leg.template(),
                        leg.refundTo(),
                        leg.redeemTo(),
                        leg.refundAt(),
                        1);
        assertThatThrownBy(() -> locked.sign(back, HASH, 1, List.of()))
                .hasMessageContaining("locked away");
    }

    @Test
    void whatANodeShowsOtherwiseThanTheSettingsSayIsRefused() {
        var settings = rig.settings;
        var tooFew = new Asset(rig.alice.chain(), "TFT", rig.tft.token(), 6);
        assertRefused(
                settings(1, settings.contract(), List.of()), "the node is on chain 31337, not 1");
        assertRefused(
                settings(settings.chainId(), rig.tft.token(), List.of()),
                "is not the contract of our locks");
        assertRefused(
                settings(settings.chainId(), settings.contract(), List.of(tooFew)),
                "TFT has 7 decimals, not 6");
    }

    private EvmSettings settings(long chainId, Bytes contract, List<Asset> tokens) {
        return new EvmSettings(
                chainId,
                "ETH",
                contract,
                tokens,
                1,
                rig.settings.blockTime(),
                rig.settings.confirm(),
                rig.settings.tip());
    }

    private void assertRefused(EvmSettings settings, String why) {
        assertThatThrownBy(() -> EvmLedger.open(rig.chain.rpc(), settings, rig.aliceKeys))
                .hasMessageContaining(why);
    }
}
