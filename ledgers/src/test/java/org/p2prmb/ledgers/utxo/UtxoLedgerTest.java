package org.p2prmb.ledgers.utxo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.p2prmb.ledgers.utxo.UtxoRig.HASH;
import static org.p2prmb.ledgers.utxo.UtxoRig.INDEX;
import static org.p2prmb.ledgers.utxo.UtxoRig.LTC;
import static org.p2prmb.ledgers.utxo.UtxoRig.SECRET;

import org.bitcoinj.base.Coin;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.script.Script;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.rpc.Answer;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Secret;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Locks, redeems and refunds on a real node.
@Program.Needed(Program.LITECOIND)
final class UtxoLedgerTest {
    private static Litecoind chain;
    private static int tests;

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
    void whatOneSideRedeemsTellsTheOtherTheSecret() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var signed = rig.alice.sign(leg, HASH, INDEX, List.of());
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Absent());
        rig.alice.send(signed.steps().getFirst());
        assertThat(rig.bobSees(leg, signed)).isEqualTo(new LockView.Pending());
        chain.mine(2);
        assertThat(rig.bobSees(leg, signed)).isEqualTo(new LockView.Locked(2));
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Locked(2));

        var presigned = rig.bob.presignRedeem(leg, HASH, signed.ref(), INDEX);
        var redeem =
                rig.bob.redeem(UtxoRig.redemption(leg, signed), presigned, List.of()).getFirst();
        assertThat(redeem.id()).isEqualTo(presigned.getFirst().id());
        rig.bob.send(redeem);
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Redeemed(SECRET, 0));
        chain.mine(1);
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Redeemed(SECRET, 1));
        chain.mine(2);
        assertThat(rig.aliceSees(leg, signed)).isEqualTo(new LockView.Redeemed(SECRET, 3));
        var amount = BigInteger.valueOf(LTC - redeem.fee());
        assertThat(rig.bob.balance(rig.bob.feeAsset())).isEqualTo(amount);
    }

    @Test
    void aRefundWaitsForTheMedianTime() throws LedgerException {
        var leg = rig.leg(LTC, 600);
        var lock = rig.lock(leg);
        chain.setTime(leg.refundAt().plusSeconds(1));
        int blocks = 0;
        while (!rig.alice.tip().time().isAfter(leg.refundAt())) {
            rig.alice.send(lock.refunds().getFirst());
            chain.mine(1);
            assertThat(rig.aliceSees(leg, lock)).isInstanceOf(LockView.Locked.class);
            blocks++;
        }
        assertThat(blocks).isEqualTo(6);
        rig.mined(lock.refunds().getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Refunded(1));
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Refunded(1));
        var paid = lock.steps().getFirst().fee() + lock.refunds().getFirst().fee();
        assertThat(rig.alice.balance(rig.alice.feeAsset()))
                .isEqualTo(BigInteger.valueOf(4 * LTC - paid));
    }

    /// R24, R25: whoever makes blocks gains nothing by making old ones again, and what ends a lock
    /// hangs on nothing else and can be outbid.
    @Test
    void locksNameTheHeightRefundsTheirTimeAndRedeemsNoTimeAtAll() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.alice.sign(leg, HASH, INDEX, List.of());
        assertThat(transaction(lock.steps().getFirst()).lockTime().rawValue())
                .isEqualTo(rig.alice.tip().height());
        for (var refund : lock.refunds()) {
            assertThat(transaction(refund).lockTime().rawValue())
                    .isEqualTo(leg.refundAt().getEpochSecond());
        }
        for (var redeem : rig.bob.presignRedeem(leg, HASH, lock.ref(), INDEX)) {
            var tx = transaction(redeem);
            assertThat(tx.lockTime().rawValue()).isZero();
            assertThat(tx.getInputs()).hasSize(1);
            assertThat(tx.getInputs().getFirst().getSequenceNumber()).isLessThan(0xfffffffeL);
        }
    }

    private static Transaction transaction(SignedTx signed) {
        return Transaction.read(ByteBuffer.wrap(signed.bytes().toArray()));
    }

    @Test
    void aRedeemIsTakenAfterItsTimeTooUntilTheRefundIsMade() throws LedgerException {
        var leg = rig.leg(LTC, 600);
        var lock = rig.lock(leg);
        chain.setTime(leg.refundAt().plusSeconds(1));
        chain.mine(7);
        rig.mined(rig.redeems(leg, lock).getFirst());
        rig.mined(lock.refunds().getFirst());
        assertThat(rig.aliceSees(leg, lock)).isEqualTo(new LockView.Redeemed(SECRET, 2));
    }

    @Test
    void onlyTheSecretOf32BytesRedeems() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        var presigned = rig.bob.presignRedeem(leg, HASH, lock.ref(), INDEX).getFirst();
        assertThat(isTaken(presigned, SECRET.value())).isTrue();
        assertThat(isTaken(presigned, new Secret(Bytes.wrap(new byte[32])).value())).isFalse();
        assertThat(isTaken(presigned, SECRET.value().slice(0, 31))).isFalse();

        // A hash of 31 bytes would be opened by them, were their number not in the script.
        var short31 = SECRET.value().slice(0, 31);
        var hash = sha256(short31);
        var other = rig.alice.sign(leg, hash, INDEX, lock.inputs());
        rig.mined(other.steps().getFirst());
        var redeem = rig.bob.presignRedeem(leg, hash, other.ref(), INDEX).getFirst();
        assertThat(isTaken(redeem, short31)).isFalse();
    }

    private static Bytes sha256(Bytes data) {
        return Bytes.wrap(org.bitcoinj.base.Sha256Hash.hash(data.toArray()));
    }

    private static boolean isTaken(SignedTx presigned, Bytes secret) throws LedgerException {
        var tx = Transaction.read(ByteBuffer.wrap(presigned.bytes().toArray()));
        var witness = tx.getInput(0).getWitness();
        tx.replaceInput(
                0,
                tx.getInput(0)
                        .withWitness(
                                TransactionWitness.of(
                                        witness.getPush(0),
                                        secret.toArray(),
                                        witness.getPush(2),
                                        witness.getPush(3))));
        var raw = Bytes.wrap(tx.serialize()).toHex();
        return chain.rpc().ask("testmempoolaccept", List.of(raw)).get(0).get("allowed").asBoolean();
    }

    @Test
    void anyOtherTermIsNoLock() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        assertThat(rig.bobSees(leg, lock)).isEqualTo(new LockView.Locked(1));
        var stranger = rig.bob.party(INDEX + 1);
        for (var other :
                List.of(
                        with(leg, LTC + 1, leg.redeemTo(), leg.refundTo(), 0),
                        with(leg, LTC - 1, leg.redeemTo(), leg.refundTo(), 0),
                        with(leg, LTC, stranger, leg.refundTo(), 0),
                        with(leg, LTC, leg.redeemTo(), stranger, 0),
                        with(leg, LTC, leg.redeemTo(), leg.refundTo(), 1))) {
            assertThat(rig.bobSees(other, lock)).isEqualTo(new LockView.Absent());
        }
        var hash = new Secret(Bytes.wrap(new byte[32])).hash();
        assertThat(rig.bob.view(leg, hash, lock.ref(), lock.since(), List.of()))
                .isEqualTo(new LockView.Absent());
        var change = new Outpoint(Outpoint.decode(lock.ref()).txId(), 1);
        for (var ref : List.of(change.encoded(), new Outpoint(change.txId(), -1).encoded(), HASH)) {
            assertThat(rig.bob.view(leg, HASH, ref, lock.since(), List.of()))
                    .isEqualTo(new LockView.Absent());
        }
    }

    private static Leg with(Leg leg, long amount, Bytes redeemTo, Bytes refundTo, long later) {
        return new Leg(
                leg.asset(),
                BigInteger.valueOf(amount),
                leg.template(),
                redeemTo,
                refundTo,
                leg.refundAt().plusSeconds(later),
                leg.depth());
    }

    @Test
    void twoOutputsAreNoLock() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        long since = rig.bob.tip().height();
        for (int outputs = 1; outputs <= 2; outputs++) {
            var tx = pay(HtlcScript.of(leg, HASH), outputs);
            assertThat(rig.bob.view(leg, HASH, tx, since, List.of()))
                    .isEqualTo(outputs == 1 ? new LockView.Pending() : new LockView.Absent());
            chain.mine(1);
            assertThat(rig.bob.view(leg, HASH, tx, since, List.of()))
                    .isEqualTo(outputs == 1 ? new LockView.Locked(1) : new LockView.Absent());
        }
    }

    /// The miner pays 1 LTC to a script so many times in one transaction: the first output of it.
    private static Bytes pay(HtlcScript script, int outputs) throws LedgerException {
        var rpc = chain.rpc();
        var address =
                UtxoChain.LITECOIN_REGTEST.address(
                        script.output().slice(2, script.output().size()));
        var made =
                rpc.ask(
                        "createrawtransaction",
                        List.of(),
                        List.of(Map.of(address, new BigDecimal(outputs))));
        var funded = rpc.ask("fundrawtransaction", made, Map.of("changePosition", 1)).get("hex");
        var tx = Transaction.read(ByteBuffer.wrap(Answer.hex(funded.asText()).toArray()));
        var change = tx.getOutput(1);
        tx.clearOutputs();
        for (int output = 0; output < outputs; output++) {
            tx.addOutput(Coin.valueOf(LTC), Script.parse(script.output().toArray()));
        }
        // Less change, for the larger transaction costs more.
        tx.addOutput(change.getValue().subtract(Coin.valueOf(10_000)), change.getScriptPubKey());
        var signed =
                rpc.ask("signrawtransactionwithwallet", Bytes.wrap(tx.serialize()).toHex())
                        .get("hex");
        var id = Answer.hex(rpc.ask("sendrawtransaction", signed, 0).asText());
        return new Outpoint(id, 0).encoded();
    }

    @Test
    void whatCannotBeSwappedIsSaidBefore() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        assertThat(rig.alice.unfit(leg)).isEmpty();
        var noPoint = new byte[33];
        Arrays.fill(noPoint, (byte) 0xff);
        noPoint[0] = 2;
        var unfit = new ArrayList<Leg>();
        unfit.add(with(leg, LTC, Bytes.wrap(noPoint), leg.refundTo(), 0));
        unfit.add(with(leg, LTC, leg.redeemTo(), Bytes.wrap(new byte[33]), 0));
        unfit.add(with(leg, LTC, leg.redeemTo().slice(1, 33), leg.refundTo(), 0));
        unfit.add(with(leg, 3_300, leg.redeemTo(), leg.refundTo(), 0));
        unfit.add(with(leg, LTC, leg.redeemTo(), leg.refundTo(), 1L << 32));
        var other = new Asset(rig.alice.chain(), "BTC", Bytes.EMPTY, 8);
        unfit.add(
                new Leg(
                        other,
                        leg.amount(),
                        leg.template(),
                        leg.redeemTo(),
                        leg.refundTo(),
                        leg.refundAt(),
                        1));
        unfit.add(
                new Leg(
                        leg.asset(),
                        leg.amount(),
                        HASH,
                        leg.redeemTo(),
                        leg.refundTo(),
                        leg.refundAt(),
                        1));
        for (var each : unfit) {
            assertThat(rig.alice.unfit(each)).isPresent();
            assertThatThrownBy(() -> rig.alice.sign(each, HASH, INDEX, List.of()))
                    .isInstanceOf(LedgerException.class);
        }
        assertThatThrownBy(() -> rig.alice.sign(leg, HASH, INDEX + 1, List.of()))
                .hasMessageContaining("not ours of index 8");
    }

    /// A machine that restarts while its owner's seed is locked away (decision 25 of the swap).
    @Test
    void withoutTheOwnersSeedAllGoesOnButSigning() throws LedgerException {
        var leg = rig.leg(LTC, 3_600);
        var lock = rig.lock(leg);
        var presigned = rig.bob.presignRedeem(leg, HASH, lock.ref(), INDEX);
        var halves = rig.bobKeys.publicHalves();
        var locked =
                UtxoLedger.open(
                        chain.rpc(),
                        UtxoSettings.of(UtxoChain.LITECOIN_REGTEST),
                        UtxoKeys.watching(halves));
        assertThat(locked.party(INDEX)).isEqualTo(rig.bob.party(INDEX));
        assertThat(locked.address()).isEqualTo(rig.bob.address());
        assertThatThrownBy(() -> locked.presignRedeem(leg, HASH, lock.ref(), INDEX))
                .hasMessageContaining("locked away");
        var redeem = locked.redeem(UtxoRig.redemption(leg, lock), presigned, List.of());
        rig.mined(redeem.getFirst());
        assertThat(locked.view(leg, HASH, lock.ref(), lock.since(), List.of()))
                .isEqualTo(new LockView.Redeemed(SECRET, 1));
        assertThat(locked.balance(leg.asset())).isPositive();
        assertThatThrownBy(() -> UtxoKeys.watching(halves.slice(1, halves.size())))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNodeOfAnotherChainIsRefused() {
        var settings = UtxoSettings.of(UtxoChain.LITECOIN);
        assertThatThrownBy(() -> UtxoLedger.open(chain.rpc(), settings, rig.aliceKeys))
                .hasMessageContaining("the node's chain begins with 530827f3");
    }
}
