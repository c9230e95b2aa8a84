package org.p2prmb.libp2p.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;

import java.util.Arrays;

final class VarintTest {
    @Test
    void publishedNumbersAreReadAndWritten() throws ProtocolException {
        var vectors = Vectors.at("uvarint", "valid");
        assertThat(vectors).hasSize(9);
        for (var vector : vectors) {
            long value = vector.required(0).longValue();
            var encoded = Bytes.hex(vector.required(1).textValue());
            assertThat(Varint.encode(value)).isEqualTo(encoded.toArray());
            assertThat(Varint.decode(encoded.toArray(), 0, encoded.size()))
                    .isEqualTo(new Varint.Decoded(value, encoded.size()));
        }
    }

    @Test
    void longerFormsAreRefused() {
        var vectors = Vectors.at("uvarint", "must_reject");
        assertThat(vectors).hasSize(4);
        for (var vector : vectors) {
            var encoded = Bytes.hex(vector.textValue().split(" ", 2)[0]).toArray();
            assertThatThrownBy(() -> Varint.decode(encoded, 0, encoded.length))
                    .as(vector.textValue())
                    .isInstanceOf(ProtocolException.class);
        }
    }

    @Test
    void negativeNumbersHaveNoForm() {
        assertThatIllegalArgumentException().isThrownBy(() -> Varint.encode(-1));
    }

    @Test
    void everyNumberComesBackFromAnyOffset() {
        Seeds.forEach(
                1000,
                random -> {
                    long value = random.nextLong() >>> random.nextInt(1, 64);
                    var into = new byte[20];
                    int offset = random.nextInt(8);
                    int next = Varint.write(value, into, offset);
                    assertThat(next).isEqualTo(offset + Varint.size(value));
                    assertThat(Varint.decode(into, offset, next))
                            .isEqualTo(new Varint.Decoded(value, next));
                    assertThatThrownBy(() -> Varint.decode(into, offset, next - 1))
                            .isInstanceOf(ProtocolException.class);
                });
    }

    @Test
    void whatIsReadIsTheOnlyFormOfItsNumber() {
        Seeds.forEach(
                1000,
                random -> {
                    var bytes = Seeds.bytes(random, random.nextInt(12));
                    try {
                        var decoded = Varint.decode(bytes, 0, bytes.length);
                        assertThat(Varint.encode(decoded.value()))
                                .isEqualTo(Arrays.copyOf(bytes, decoded.next()));
                    } catch (ProtocolException e) {
                        assertThat(e).hasMessageStartingWith("varint");
                    }
                });
    }
}
