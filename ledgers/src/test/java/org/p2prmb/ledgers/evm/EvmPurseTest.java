package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.p2prmb.ledgers.testing.Program;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SignedTx;

import java.io.IOException;
import java.math.BigInteger;
import java.util.List;

/// Payments beside locks, on a real node.
@Program.Needed(Program.ANVIL)
class EvmPurseTest {
    private static final Bytes SOMEBODY = Bytes.hex("00000000000000000000000000000000005ebd1e");
    private static final String TO = EvmAddress.text(SOMEBODY);

    private EvmRig rig;
    private EvmPurse purse;

    @BeforeEach
    void start() throws LedgerException, IOException {
        rig = EvmRig.start();
        purse = EvmPurse.open(rig.chain.rpc(), rig.settings, rig.aliceKeys);
    }

    @AfterEach
    void end() {
        rig.close();
    }

    private void mined(SignedTx tx) throws LedgerException {
        purse.send(tx);
        rig.chain.mine(1);
    }

    @Test
    void coinsAndTokensArrive() throws LedgerException {
        mined(purse.pay(rig.coin, TO, BigInteger.valueOf(7), List.of()));
        assertThat(rig.chain.balance(SOMEBODY)).isEqualTo(7);
        mined(purse.pay(rig.tft, TO, BigInteger.valueOf(EvmRig.TFT), List.of()));
        var node = new EvmNode(rig.chain.rpc());
        assertThat(Erc20.balance(node, rig.tft.token(), SOMEBODY)).isEqualTo(EvmRig.TFT);
        assertThat(purse.balance(rig.tft)).isEqualTo(999 * EvmRig.TFT);
    }

    @Test
    void aPaymentWaitsForLocksAndForOtherPayments() throws LedgerException {
        var leg = rig.leg(rig.coin, EvmRig.ETHER, 600);
        var lock = rig.alice.sign(leg, EvmRig.HASH, 1, List.of());
        waits(lock.inputs());
        rig.sendAll(lock.steps());
        waits(lock.inputs());
        rig.chain.mine(1);
        var payment = purse.pay(rig.coin, TO, BigInteger.ONE, lock.inputs());
        purse.send(payment);
        waits(lock.inputs());
        rig.chain.mine(1);
        assertThat(purse.succeeded(payment.id())).contains(true);
        assertThat(rig.alice.sign(leg, EvmRig.HASH, 2, lock.inputs())).isNotNull();
    }

    private void waits(List<Bytes> reserved) {
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> purse.pay(rig.coin, TO, BigInteger.ONE, reserved))
                .withMessageContaining("waits for its block");
    }

    @Test
    void whatCannotBePaidIsSaid() throws LedgerException {
        wrong(rig.coin, "0x0000000000000000000000000000000000000000", "nobody's");
        wrong(rig.coin, EvmAddress.text(rig.settings.contract()), "a contract");
        wrong(rig.coin, EvmAddress.text(rig.tft.token()), "a contract");
        wrong(rig.coin, purse.address(), "own address");
        var takesNothing = EvmAddress.text(rig.chain.deployHtlc());
        wrong(rig.coin, takesNothing, "the chain would refuse it");
        wrong(rig.coin, "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "checksum");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        purse.pay(rig.coin, TO, EvmRig.ETHER.multiply(BigInteger.TEN), List.of()))
                .withMessageContaining("are needed with the fee, and 10 ETH are there");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        purse.pay(rig.tft, TO, BigInteger.valueOf(1_001 * EvmRig.TFT), List.of()))
                .withMessageContaining("not so much TFT");
        var locked =
                EvmPurse.open(
                        rig.chain.rpc(),
                        rig.settings,
                        EvmKeys.gasOnly(rig.aliceKeys.fundingAddress(), EvmRig.seed(2)));
        assertThatExceptionOfType(LedgerException.class)
                .isThrownBy(() -> locked.pay(rig.coin, TO, BigInteger.ONE, List.of()))
                .withMessageContaining("locked away");
    }

    private void wrong(Asset asset, String to, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> purse.pay(asset, to, BigInteger.ONE, List.of()))
                .withMessageContaining(complaint);
    }

    @Test
    void accountsWithoutGasAreFilledUpAtOnce() throws LedgerException {
        rig.chain.setBalance(rig.aliceKeys.refunderAddress(0), BigInteger.ZERO);
        rig.chain.setBalance(rig.aliceKeys.redeemerAddress(1), EvmRig.ETHER.shiftRight(2));
        assertThat(purse.gasAccounts())
                .filteredOn(account -> account.balance().compareTo(gasNeeded()) < 0)
                .singleElement()
                .extracting(EvmPurse.GasAccount::address)
                .isEqualTo(rig.aliceKeys.refunderAddress(0));
        var payments = purse.gas(EvmRig.ETHER, List.of());
        assertThat(payments).hasSize(2);
        for (var payment : payments) {
            purse.send(payment);
        }
        rig.chain.mine(1);
        assertThat(purse.gasAccounts())
                .extracting(EvmPurse.GasAccount::balance)
                .containsOnly(EvmRig.ETHER);
        assertThat(purse.gas(EvmRig.ETHER, List.of())).isEmpty();
    }

    private BigInteger gasNeeded() {
        try {
            return purse.gasNeeded();
        } catch (LedgerException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aContractIsWhereItWasSaidToCome() throws LedgerException {
        var deployment = purse.deploy(List.of());
        assertThat(purse.isDeployed(deployment.contract())).isFalse();
        purse.send(deployment.tx());
        assertThat(purse.succeeded(deployment.tx().id())).isEmpty();
        rig.chain.mine(1);
        assertThat(purse.succeeded(deployment.tx().id())).contains(true);
        assertThat(purse.isDeployed(deployment.contract())).isTrue();
    }
}
