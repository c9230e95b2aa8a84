package org.p2prmb.protocols.swap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.TermsCodec.Told;
import org.p2prmb.protocols.wire.SwapWire;

import java.util.Arrays;

/// Terms from strangers.
final class TermsCodecTest {
    private static final Terms TERMS = Swaps.TERMS;
    private static final Told ACCEPT =
            new Told(
                    TERMS.id(),
                    new SwapMessage.Accept(
                            TERMS, Bytes.utf8("signed"), Bytes.utf8("the seller's lock")));

    /// Every change of a byte is refused as the peer's fault, or makes other terms: never the same.
    @Test
    void alteredTermsAreRefusedOrHaveAnotherId() {
        var wire = TermsCodec.encode(ACCEPT);
        Seeds.forEach(
                20,
                random -> {
                    for (int round = 0; round < 2_000; round++) {
                        var altered = wire.toArray();
                        altered[random.nextInt(altered.length)] ^= (byte) (1 + random.nextInt(255));
                        requireRefusedOrOther(
                                random.nextInt(10) == 0
                                        ? Arrays.copyOf(altered, random.nextInt(altered.length))
                                        : altered);
                    }
                });
    }

    @Test
    void whatIsNoNameOfALockIsRefused() {
        for (int size : new int[] {0, 65, 4_000}) {
            var wire =
                    SwapWire.SwapMessage.newBuilder()
                            .setLockB(ByteString.copyFrom(new byte[size]))
                            .build();
            assertThatThrownBy(() -> TermsCodec.decode(Bytes.wrap(wire.toByteArray())))
                    .isInstanceOf(ProtocolException.class);
        }
    }

    private static void requireRefusedOrOther(byte[] altered) {
        try {
            var told = TermsCodec.decode(Bytes.wrap(altered));
            if (told.message() instanceof SwapMessage.Accept accept
                    && accept.terms().id().equals(TERMS.id())) {
                assertThat(accept.terms()).isEqualTo(TERMS);
            }
        } catch (ProtocolException e) {
            assertThat(e).hasMessageNotContaining("Exception");
        }
    }
}
