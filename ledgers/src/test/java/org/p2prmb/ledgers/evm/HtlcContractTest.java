package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.ledgers.evm.EvmRig.HASH;
import static org.p2prmb.ledgers.evm.EvmRig.SECRET;
import static org.p2prmb.ledgers.evm.EvmRig.TFT;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.RpcRefusal;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;

import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What the contract itself refuses, whoever calls it.
@Program.Needed(Program.ANVIL)
final class HtlcContractTest {
    private static final BigInteger AMOUNT = BigInteger.valueOf(TFT);
    private static final String NOBODY = "0x" + "0".repeat(40);

    private EvmRig rig;

    @BeforeEach
    void start() throws IOException, LedgerException {
        rig = EvmRig.start();
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    /// Whether a call from Alice would succeed in the newest block.
    private boolean works(Bytes data, BigInteger value) throws LedgerException {
        try {
            rig.chain
                    .rpc()
                    .tryAsk(
                            "eth_call",
                            Map.of(
                                    "from",
                                    "0x" + rig.aliceKeys.fundingAddress(),
                                    "to",
                                    "0x" + rig.settings.contract(),
                                    "data",
                                    "0x" + data,
                                    "value",
                                    "0x" + value.toString(16)),
                            "latest");
            return true;
        } catch (RpcRefusal e) {
            assertThat(e.getMessage()).contains("revert");
            return false;
        }
    }

    @Test
    void exactlyTheAmountIsSentAlong() throws LedgerException {
        var call = Htlc.lock(rig.leg(rig.coin, AMOUNT, 1_000), HASH);
        assertThat(works(call, AMOUNT)).isTrue();
        assertThat(works(call, AMOUNT.add(BigInteger.ONE))).isFalse();
        assertThat(works(call, AMOUNT.subtract(BigInteger.ONE))).isFalse();
        assertThat(works(call, BigInteger.ZERO)).isFalse();
    }

    @Test
    void aTokenIsLockedAsFarAsItIsAllowedAndWithoutCoins() throws LedgerException {
        var leg = rig.leg(rig.tft, AMOUNT, 1_000);
        var lock = rig.alice.sign(leg, HASH, 1, List.of());
        var call = Htlc.lock(leg, HASH);
        assertThat(works(call, BigInteger.ZERO)).isFalse();
        rig.mined(lock.steps().subList(0, 1));
        assertThat(works(call, BigInteger.ZERO)).isTrue();
        assertThat(works(call, BigInteger.ONE)).isFalse();
        // Nor is an account without a contract a token.
        var none = Bytes.hex(call.toHex().replace(rig.tft.token().toHex(), "ab".repeat(20)));
        assertThat(works(none, BigInteger.ZERO)).isFalse();
    }

    @Test
    void termsThatCanNeverBeMetAreRefused() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var call = Htlc.lock(leg, HASH).toHex();
        assertThat(works(Bytes.hex(call), AMOUNT)).isTrue();
        var toNobody = call.replace(leg.redeemTo().toHex(), NOBODY.substring(2));
        assertThat(works(Bytes.hex(toNobody), AMOUNT)).isFalse();
        var nothing = call.replace(Words.word(AMOUNT).toHex(), Words.word(0).toHex());
        assertThat(works(Bytes.hex(nothing), BigInteger.ZERO)).isFalse();
        var over = rig.alice.tip().time().minusSeconds(1);
        assertThat(works(Htlc.lock(until(leg, over), HASH), AMOUNT)).isFalse();
    }

    private static Leg until(Leg leg, Instant refundAt) {
        return new Leg(
                leg.asset(),
                leg.amount(),
                leg.template(),
                leg.redeemTo(),
                leg.refundTo(),
                refundAt,
                leg.depth());
    }

    @Test
    void aLockEndsOnceAndItsIdIsNeverUsedAgain() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var call = Htlc.lock(leg, HASH);
        var redeem = Htlc.redeem(rig.alice.predict(leg, HASH).orElseThrow(), SECRET);
        assertThat(works(redeem, BigInteger.ZERO)).isFalse();
        var lock = rig.lock(leg);
        var refund = Htlc.refund(lock.ref());
        assertThat(works(call, AMOUNT)).isFalse();
        assertThat(works(redeem, BigInteger.ZERO)).isTrue();
        assertThat(works(refund, BigInteger.ZERO)).isFalse();
        rig.redeem(leg, lock);
        assertThat(works(call, AMOUNT)).isFalse();
        assertThat(works(redeem, BigInteger.ZERO)).isFalse();
        rig.chain.setNextTime(leg.refundAt().getEpochSecond());
        rig.chain.mine(1);
        assertThat(works(refund, BigInteger.ZERO)).isFalse();
    }

    /// Whoever locks the same for the same hash first takes nobody's id.
    @Test
    void anotherSenderHasAnotherId() throws LedgerException {
        var leg = rig.leg(rig.coin, AMOUNT, 1_000);
        var stranger = rig.bobKeys.redeemerAddress(0);
        var squatted =
                new Leg(
                        leg.asset(),
                        AMOUNT,
                        leg.template(),
                        leg.redeemTo(),
                        stranger,
                        leg.refundAt(),
                        1);
        assertThat(rig.alice.predict(squatted, HASH)).isNotEqualTo(rig.alice.predict(leg, HASH));
    }
}
