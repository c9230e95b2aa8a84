package org.p2prmb.ledgers.utxo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Secret;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

final class HtlcScriptTest {
    /// BIP 39's words "abandon" eleven times and "about".
    private static final Bytes SEED =
            Bytes.hex(
                    "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
                            + "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4");

    private static final Secret SECRET = new Secret(Bytes.hex("07".repeat(32)));
    private static final Bytes REDEEM_TO = Bytes.hex("02" + "11".repeat(32));
    private static final Bytes REFUND_TO = Bytes.hex("03" + "22".repeat(32));

    private static HtlcScript script() {
        return HtlcScript.of(
                new Leg(
                        UtxoChain.BITCOIN.asset(),
                        BigInteger.TEN,
                        HtlcScript.template(UtxoChain.BITCOIN),
                        REDEEM_TO,
                        REFUND_TO,
                        Instant.ofEpochSecond(0x65a4b3c2L),
                        1),
                SECRET.hash());
    }

    /// docs/ledgers.md shows these bytes.
    @Test
    void theScriptIsTheDocumentedOneToTheByte() {
        assertThat(script().program().toHex())
                .isEqualTo(
                        "6382012088a820"
                                + SECRET.hash()
                                + "8821"
                                + REDEEM_TO
                                + "6704c2b3a465b17521"
                                + REFUND_TO
                                + "68ac");
    }

    @Test
    void onlyAWitnessOfThisScriptTellsItsSecret() {
        var script = script();
        var signature = Bytes.hex("30");
        var one = Bytes.hex("01");
        var good = List.of(signature, SECRET.value(), one, script.program());
        assertThat(script.secretIn(good, SECRET.hash())).contains(SECRET);
        assertThat(script.isRefund(good)).isFalse();
        var other = Bytes.hex("08".repeat(32));
        assertThat(script.secretIn(good, new Secret(other).hash())).isEmpty();
        assertThat(script.secretIn(List.of(signature, other, one, script.program()), SECRET.hash()))
                .isEmpty();
        assertThat(script.secretIn(List.of(signature, SECRET.value(), one, other), SECRET.hash()))
                .isEmpty();
        var refund = List.of(signature, Bytes.EMPTY, script.program());
        assertThat(script.isRefund(refund)).isTrue();
        assertThat(script.secretIn(refund, SECRET.hash())).isEmpty();
    }

    @Test
    void addressesAreThoseOfOtherWallets() {
        var coins = UtxoKeys.of(SEED, UtxoChain.BITCOIN).coins();
        assertThat(UtxoChain.BITCOIN.address(Bytes.wrap(coins.getPubKeyHash())))
                .isEqualTo("bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    }

    @Test
    void chainsHaveTheNamesOfCaip2() {
        assertThat(UtxoChain.BITCOIN.name()).isEqualTo("bip122:000000000019d6689c085ae165831e93");
        assertThat(UtxoChain.LITECOIN.name()).isEqualTo("bip122:12a765e31ffd4059bada1e25190f6e98");
    }
}
