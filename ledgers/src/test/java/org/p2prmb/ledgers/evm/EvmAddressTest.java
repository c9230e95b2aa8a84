package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Locale;

class EvmAddressTest {
    /// Those of EIP-55.
    private static final List<String> WRITTEN =
            List.of(
                    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
                    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
                    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb");

    @Test
    void capitalLettersAreTheChecksum() {
        for (var text : WRITTEN) {
            var address = EvmAddress.parse(text);
            assertThat(EvmAddress.text(address)).isEqualTo(text);
            assertThat(EvmAddress.parse(text.toLowerCase(Locale.ROOT))).isEqualTo(address);
            var capital = "0x" + text.substring(2).toUpperCase(Locale.ROOT);
            assertThat(EvmAddress.parse(capital)).isEqualTo(address);
        }
    }

    @Test
    void aMistakeIsNoticed() {
        wrong("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "checksum");
        wrong("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee", "checksum");
        wrong("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "40 hexadecimal digits");
        wrong("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "40 hexadecimal digits");
        wrong("", "40 hexadecimal digits");
    }

    private static void wrong(String text, String complaint) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EvmAddress.parse(text))
                .withMessageContaining(complaint);
    }
}
