package org.p2prmb.ledgers.utxo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Litecoind;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Purse;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;

/// Payments beside locks, on a real node.
@Program.Needed(Program.LITECOIND)
class UtxoPurseTest {
    private static Litecoind chain;
    private static int tests;

    private UtxoRig rig;
    private Purse purse;

    @BeforeAll
    static void start() throws IOException, LedgerException {
        chain = Litecoind.start();
    }

    @AfterAll
    static void end() {
        chain.close();
    }

    @BeforeEach
    void wallets() throws LedgerException {
        rig = new UtxoRig(chain, ++tests);
        purse = rig.alice.purse();
    }

    private BigInteger bobs() throws LedgerException {
        return rig.bob.balance(rig.bob.feeAsset());
    }

    private static BigInteger ltc(double coins) {
        return BigInteger.valueOf((long) (coins * UtxoRig.LTC));
    }

    @Test
    void coinsArriveAndTheRestComesBack() throws LedgerException {
        var tx = purse.pay(purse.feeAsset(), rig.bob.address(), ltc(2.5), List.of());
        purse.send(tx);
        chain.mine(1);
        assertThat(bobs()).isEqualTo(ltc(2.5));
        assertThat(purse.balance(purse.feeAsset()))
                .isEqualTo(ltc(1.5).subtract(BigInteger.valueOf(tx.fee())));
    }

    @Test
    void coinsOfSwapsAreLeftAlone() throws LedgerException {
        var lock =
                rig.alice.sign(rig.leg(UtxoRig.LTC, 3_600), UtxoRig.HASH, UtxoRig.INDEX, List.of());
        notFree(ltc(2.5), lock.inputs());
        purse.send(purse.pay(purse.feeAsset(), rig.bob.address(), ltc(1), lock.inputs()));
        rig.mined(lock.steps().getFirst());
        assertThat(bobs()).isEqualTo(ltc(1));
        assertThat(rig.aliceSees(rig.leg(UtxoRig.LTC, 3_600), lock)).isNotNull();
    }

    @Test
    void aPaymentUnderWayIsNotReplacedByAnotherOrByALock() throws LedgerException {
        purse.send(purse.pay(purse.feeAsset(), rig.bob.address(), ltc(1), List.of()));
        purse.send(purse.pay(purse.feeAsset(), rig.bob.address(), ltc(1), List.of()));
        notFree(ltc(0.5), List.of());
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() ->
                        rig.alice.sign(
                                rig.leg(UtxoRig.LTC, 3_600),
                                UtxoRig.HASH,
                                UtxoRig.INDEX,
                                List.of()));
        chain.mine(1);
        assertThat(bobs()).isEqualTo(ltc(2));
    }

    /// Or several payments would take, before a block, what swaps have reserved.
    @Test
    void whatPaymentsUnderWaySpendIsLeavingAndWhatLocksSpendIsNot() throws LedgerException {
        var lock =
                rig.alice.sign(rig.leg(UtxoRig.LTC, 3_600), UtxoRig.HASH, UtxoRig.INDEX, List.of());
        lock.steps().forEach(this::given);
        assertThat(purse.leaving(lock.inputs())).isZero();
        purse.send(purse.pay(purse.feeAsset(), rig.bob.address(), ltc(1), lock.inputs()));
        assertThat(purse.balance(purse.feeAsset())).isEqualTo(ltc(4));
        assertThat(purse.leaving(lock.inputs())).isEqualTo(ltc(2));
        chain.mine(1);
        assertThat(purse.leaving(lock.inputs())).isZero();
    }

    private void given(SignedTx tx) {
        try {
            rig.alice.send(tx);
        } catch (LedgerException e) {
            throw new AssertionError(e);
        }
    }

    private void notFree(BigInteger amount, List<Bytes> reserved) {
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> purse.pay(purse.feeAsset(), rig.bob.address(), amount, reserved))
                .withMessageContaining("not enough is free");
    }

    @Test
    void whatCannotBePaidIsSaid() {
        wrong(rig.bob.address(), BigInteger.valueOf(3_299), "below 3300 units");
        wrong(rig.bob.address(), ltc(5), "not so much LTC");
        wrong(purse.address(), ltc(1), "own address");
        wrong("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", ltc(1), "begin with rltc1");
        wrong("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", ltc(1), "begin with rltc1");
        var address = rig.bob.address();
        var other = address.charAt(10) == 'q' ? 'p' : 'q';
        wrong(address.substring(0, 10) + other + address.substring(11), ltc(1), "a mistake in it");
        wrong("rltc1", ltc(1), "a mistake in it");
    }

    private void wrong(String to, BigInteger amount, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> purse.pay(purse.feeAsset(), to, amount, List.of()))
                .withMessageContaining(complaint);
    }

    @Test
    void addressesOfAllKnownVersionsArePaid() {
        // BIP 350's and BIP 173's examples.
        assertThat(script("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"))
                .isEqualTo("0014751e76e8199196d454941c45d1b3a323f1433bd6");
        assertThat(script("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"))
                .isEqualTo("0014751e76e8199196d454941c45d1b3a323f1433bd6");
        assertThat(script("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"))
                .isEqualTo("512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> script("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs"))
                .withMessageContaining("not known yet");
        // Version 0 with the checksum of later ones, and the other way round.
        for (var text :
                List.of(
                        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
                        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KEMEAWH")) {
            assertThatIllegalArgumentException().isThrownBy(() -> script(text));
        }
    }

    private static String script(String address) {
        return UtxoChain.BITCOIN.script(address).toHex();
    }
}
