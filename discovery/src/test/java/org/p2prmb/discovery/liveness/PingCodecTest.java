package org.p2prmb.discovery.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;

import java.util.Optional;
import java.util.random.RandomGenerator;

/// The short way says the same as the generated classes.
final class PingCodecTest {
    private static AliveFrame frame(RandomGenerator random) {
        long nonce = random.nextInt(8) == 0 ? 0 : random.nextLong();
        long sequence = random.nextLong() >>> random.nextInt(1, 64);
        return switch (random.nextInt(3)) {
            case 0 -> new AliveFrame.Ping(nonce);
            case 1 -> new AliveFrame.Ping(nonce, sequence);
            default -> new AliveFrame.Pong(nonce, sequence);
        };
    }

    @Test
    void theBytesAreThoseOfTheGeneratedClasses() {
        Seeds.forEach(
                10_000,
                random -> {
                    var frame = frame(random);
                    assertThat(frame.encoded()).isEqualTo(AliveCodec.encodeMessage(frame));
                    assertThat(decoded(frame.encoded())).contains(frame);
                });
    }

    @Test
    void mutatedFramesAreReadAsTheGeneratedClassesReadThem() {
        Seeds.forEach(
                30_000,
                random -> {
                    var frame = frame(random).encoded();
                    var mutant = Bytes.wrap(Seeds.mutate(random, frame.unsafeArray()));
                    var quick = PingCodec.decode(mutant.unsafeArray());
                    if (quick != null) {
                        assertThat(decoded(mutant)).as(mutant.toHex()).contains(quick);
                    }
                });
    }

    private static Optional<AliveFrame> decoded(Bytes frame) {
        try {
            return Optional.of(AliveCodec.decodeMessage(frame, Signatures.REAL));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }
}
