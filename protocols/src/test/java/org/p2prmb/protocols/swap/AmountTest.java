package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.util.List;
import java.util.Random;

class AmountTest {
    private static final Asset LTC = new Asset("bip122:12a7", "LTC", Bytes.EMPTY, 8);
    private static final Asset ETH = new Asset("eip155:1", "ETH", Bytes.EMPTY, 18);
    private static final Asset TEST_ETH = new Asset("eip155:31337", "ETH", Bytes.EMPTY, 18);
    private static final Asset TFT = new Asset("eip155:1", "TFT", Bytes.hex("01"), 7);
    private static final List<Asset> ALL = List.of(LTC, ETH, TEST_ETH, TFT);

    @Test
    void amountsAreExact() {
        assertThat(Amount.parse("1.5 LTC", ALL)).isEqualTo(of(LTC, "150000000"));
        assertThat(Amount.parse(" 0.00000001  LTC ", ALL)).isEqualTo(of(LTC, "1"));
        assertThat(Amount.parse("4000000 TFT", ALL)).isEqualTo(of(TFT, "40000000000000"));
        assertThat(Amount.parse("0.100000000000000001 ETH@eip155:1", ALL))
                .isEqualTo(of(ETH, "100000000000000001"));
        assertThat(Amount.parse("1.50000000000 LTC", ALL)).isEqualTo(of(LTC, "150000000"));
        assertThat(Amount.parse("0 LTC", ALL)).isEqualTo(of(LTC, "0"));
    }

    @Test
    void whatIsPrintedIsReadAgain() {
        var random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            var asset = ALL.get(random.nextInt(ALL.size()));
            var amount = new Amount(asset, new BigInteger(random.nextInt(129), random));
            var text = amount.number() + " " + Amount.fullName(asset);
            assertThat(Amount.parse(text, ALL)).isEqualTo(amount);
            assertThat(amount.number()).doesNotContain("E").doesNotEndWith(".");
        }
        assertThat(of(LTC, "150000000")).hasToString("1.5 LTC");
        assertThat(of(LTC, "100000000000")).hasToString("1000 LTC");
        assertThat(of(ETH, "0")).hasToString("0 ETH");
    }

    @Test
    void whatIsWrongIsSaid() {
        wrong("1.5", "a number and a coin");
        wrong("1.5LTC", "a number and a coin");
        wrong("1,5 LTC", "'1,5' is no amount");
        wrong("-1 LTC", "'-1' is no amount");
        wrong("1e3 LTC", "'1e3' is no amount");
        wrong(".5 LTC", "'.5' is no amount");
        wrong("٣ LTC", "'?' is no amount");
        wrong("0.000000001 LTC", "more than the 8 decimals");
        wrong("1 BTC", "no coin BTC is configured: LTC@bip122:12a7, ETH@eip155:1");
        wrong("1 ETH", "on several chains: write ETH@eip155:1 or ETH@eip155:31337");
        wrong("99999999999999999999999999999999999999 LTC", "below 2^128 units");
        wrong("1".repeat(200) + " LTC", "at most 128 characters");
    }

    private static void wrong(String text, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Amount.parse(text, ALL))
                .withMessageContaining(complaint);
    }

    private static Amount of(Asset asset, String units) {
        return new Amount(asset, new BigInteger(units));
    }
}
