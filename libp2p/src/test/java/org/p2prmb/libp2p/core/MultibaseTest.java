package org.p2prmb.libp2p.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;

import java.math.BigInteger;
import java.util.Base64;

final class MultibaseTest {
    /// From the multibase specification's tests, for the text `yes mani !`.
    @ParameterizedTest
    @CsvSource({
        "f796573206d616e692021",
        "F796573206D616E692021",
        "bpfsxgidnmfxgsibb",
        "BPFSXGIDNMFXGSIBB",
        "vf5in683dc5n6i811",
        "VF5IN683DC5N6I811",
        "k2lcpzo5yikidynfl",
        "K2LCPZO5YIKIDYNFL",
        "z7paNL19xttacUY",
        "meWVzIG1hbmkgIQ",
        "ueWVzIG1hbmkgIQ",
    })
    void publishedTextsAreRead(String text) {
        assertThat(Multibase.decode(text)).isEqualTo(Bytes.utf8("yes mani !"));
    }

    @ParameterizedTest
    @EnumSource
    void everySequenceOfBytesComesBack(Multibase base) {
        Seeds.forEach(
                300,
                random -> {
                    var bytes = Seeds.bytes(random, random.nextInt(48));
                    for (int zeros = random.nextInt(bytes.length + 1); zeros > 0; zeros--) {
                        bytes[zeros - 1] = 0;
                    }
                    var data = Bytes.copyOf(bytes);
                    assertThat(Multibase.decode(base.encode(data))).isEqualTo(data);
                });
    }

    @Test
    void textsAgreeWithTheJdk() {
        Seeds.forEach(
                300,
                random -> {
                    var bytes = Seeds.bytes(random, random.nextInt(1, 48));
                    bytes[0] = 1;
                    var data = Bytes.copyOf(bytes);
                    assertThat(Multibase.BASE16.encodeBare(data)).isEqualTo(data.toHex());
                    assertThat(Multibase.BASE64_URL.encodeBare(data))
                            .isEqualTo(
                                    Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
                    assertThat(Multibase.BASE36.encodeBare(data))
                            .isEqualTo(new BigInteger(1, bytes).toString(36));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "?abc", "f7", "f7g", "fFF", "b1", "ba", "bab", "z0", "zl", "ué", "uB"})
    void otherTextsAreRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Multibase.decode(text));
    }

    @Test
    void whatIsReadIsTheOnlyTextOfItsBytes() {
        Seeds.forEach(
                2000,
                random -> {
                    var bases = Multibase.values();
                    var base = bases[random.nextInt(bases.length)];
                    var text = new StringBuilder();
                    for (int length = random.nextInt(8); length > 0; length--) {
                        text.append((char) random.nextInt('0', 'z' + 1));
                    }
                    try {
                        var data = base.decodeBare(text.toString());
                        assertThat(base.encodeBare(data)).isEqualTo(text.toString());
                    } catch (IllegalArgumentException e) {
                        assertThat(e).hasMessageContaining(base.name());
                    }
                });
    }

    @Test
    void textsAreBounded() {
        var text = "1".repeat(Multibase.TEXT_MAX + 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Multibase.BASE58_BTC.decodeBare(text));
    }
}
