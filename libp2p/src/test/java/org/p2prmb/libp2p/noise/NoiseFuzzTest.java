package org.p2prmb.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;

import java.util.List;

/// Fuzz target of the payload of a handshake.
final class NoiseFuzzTest {
    private static final KeyPair IDENTITY = KeyPair.ed25519(Bytes.wrap(new byte[32]));
    private static final byte[] STATIC_KEY = new byte[32];

    static List<byte[]> payloads() {
        return List.of(
                NoisePayload.sign(IDENTITY, STATIC_KEY, List.of("/yamux/1.0.0")).encoded(),
                NoisePayload.sign(IDENTITY, STATIC_KEY, List.of()).encoded());
    }

    @MethodSource("payloads")
    @FuzzTest(maxDuration = "1m")
    void payload(byte[] data) {
        Untrusted.decode(data, encoded -> NoisePayload.verified(encoded.toArray(), STATIC_KEY))
                .ifPresent(payload -> {
                    assertThat(payload.identity()).isEqualTo(IDENTITY.publicKey());
                    assertThat(payload.muxers()).hasSizeLessThanOrEqualTo(NoisePayload.MUXERS_MAX);
                });
    }
}
