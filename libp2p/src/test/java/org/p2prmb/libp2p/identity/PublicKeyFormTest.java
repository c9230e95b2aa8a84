package org.p2prmb.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.Arrays;
import java.util.List;

final class PublicKeyFormTest {
    private static final String RAW =
            "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Fields in the other order.
                "1220" + RAW + "0801",
                // A type, a length and a tag in longer forms.
                "08810012" + "20" + RAW,
                "080112a000" + RAW,
                "8800011220" + RAW,
                // Fields twice, and one that is unknown.
                "080108011220" + RAW,
                "08011220" + RAW + "1220" + RAW,
                "08011220" + RAW + "1800",
                // A type that is unknown, no type, no data.
                "08041220" + RAW,
                "1220" + RAW,
                "0801",
                "",
                // A group that is never closed.
                "0b0b0b0b",
            })
    void otherEncodingsOfAKeyAreRefused(String hex) {
        assertThatThrownBy(() -> PublicKey.decode(Bytes.hex(hex)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void pointsThatAreNoneAreRefused() {
        for (var wrong :
                List.of(
                        new Wrong(KeyType.ED25519, "00".repeat(31)),
                        new Wrong(KeyType.ED25519, "ff".repeat(32)),
                        new Wrong(KeyType.SECP256K1, "02" + "ff".repeat(32)),
                        new Wrong(KeyType.SECP256K1, "02" + "00".repeat(31) + "05"),
                        new Wrong(KeyType.SECP256K1, "05" + "00".repeat(32)),
                        new Wrong(KeyType.SECP256K1, "00" + "00".repeat(32)),
                        new Wrong(KeyType.ECDSA, P256_HEADER + "04" + "01".repeat(64)),
                        new Wrong(KeyType.ECDSA, P256_HEADER + "06" + "01".repeat(64)),
                        new Wrong(KeyType.ECDSA, P256_HEADER + "04" + "ff".repeat(64)))) {
            assertThatThrownBy(() -> PublicKey.of(wrong.type, Bytes.hex(wrong.raw)))
                    .as("%s", wrong)
                    .isInstanceOf(ProtocolException.class);
        }
    }

    private static final String P256_HEADER =
            "3059301306072a8648ce3d020106082a8648ce3d030107034200";

    private record Wrong(KeyType type, String raw) {}

    @ParameterizedTest
    @EnumSource
    void aChangedKeyIsRefusedOrIsAnotherKeyInItsOneForm(KeyType type) throws ProtocolException {
        var encoded = KeysTest.keys(type).publicKey().encoded().toArray();
        Seeds.forEach(
                300,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, encoded));
                    try {
                        assertThat(PublicKey.decode(mutant).encoded()).isEqualTo(mutant);
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void aChangedPrivateKeyIsRefusedOrWorks(KeyType type) throws ProtocolException {
        var encoded = KeysTest.keys(type).encoded().toArray();
        Seeds.forEach(
                type == KeyType.RSA ? 40 : 300,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, encoded));
                    try {
                        KeyPair.decode(mutant);
                    } catch (ProtocolException e) {
                        assertThat(e.getMessage()).isNotBlank();
                    }
                });
    }

    @Test
    void anOversizedKeyIsNotEvenParsed() {
        var huge = new byte[PublicKey.ENCODED_BYTES_MAX + 1];
        Arrays.fill(huge, (byte) 8);
        assertThatThrownBy(() -> PublicKey.decode(Bytes.wrap(huge)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(huge.length + " bytes");
    }
}
