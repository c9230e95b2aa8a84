package org.p2prmb.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.junit.jupiter.params.provider.MethodSource;
import org.p2prmb.libp2p.Untrusted;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.EndsAfter;
import org.p2prmb.libp2p.transport.RawChannel;
import org.p2prmb.libp2p.transport.RawPair;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;

/// Fuzz targets of a handshake, of its payload and of the frames that follow it.
final class NoiseFuzzTest {
    private static final KeyPair IDENTITY = KeyPair.ed25519(Bytes.wrap(new byte[32]));
    private static final byte[] STATIC_KEY = new byte[32];
    private static final BufferPool POOL = new BufferPool();
    private static final NoiseSecurity SECURITY =
            new NoiseSecurity(IDENTITY, List.of("/yamux/1.0.0"), new SecureRandom(), POOL);

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

    private interface Side {
        void run(RawChannel channel, ChannelInput input) throws IOException;
    }

    /// A listener reads messages 1 and 3, or what a stranger sends instead.
    @MethodSource("handshakes")
    @FuzzTest(maxDuration = "1m")
    void asListener(byte[] data) throws IOException {
        read(data, (channel, input) -> SECURITY.respond(channel, input, null));
    }

    /// A dialer reads message 2.
    @MethodSource("handshakes")
    @FuzzTest(maxDuration = "1m")
    void asDialer(byte[] data) throws IOException {
        read(data, (channel, input) -> SECURITY.initiate(IDENTITY.peerId()).finish(channel, input));
    }

    static List<byte[]> handshakes() throws IOException {
        return List.of(
                SECURITY.initiate(IDENTITY.peerId()).firstMessage(),
                framed(new byte[96]),
                framed(new byte[300]));
    }

    static List<byte[]> frames() throws IOException {
        var plain = "some bytes".getBytes(StandardCharsets.US_ASCII);
        var sealed = new byte[plain.length + CipherState.TAG_BYTES];
        new CipherState(new byte[32]).encrypt(new byte[0], plain, 0, plain.length, sealed, 0);
        return List.of(framed(sealed), framed(new byte[15]));
    }

    /// The channel after a handshake whose keys are known.
    @MethodSource("frames")
    @FuzzTest(maxDuration = "1m")
    void frame(byte[] data) throws IOException {
        read(
                data,
                (channel, input) -> {
                    var cipher = new CipherState(new byte[32]);
                    var keys = new NoiseHandshake.Transport(cipher, new CipherState(new byte[32]));
                    var key = IDENTITY.publicKey();
                    var noise = new NoiseChannel(keys, key, null, channel, input, POOL);
                    var buffer = new byte[64];
                    var total = 0;
                    for (int count; (count = noise.read(buffer, 0, buffer.length)) >= 0; ) {
                        total += count;
                    }
                    assertThat(total).isLessThan(data.length + 1);
                });
    }

    private static byte[] framed(byte[] message) {
        var length = new byte[] {(byte) (message.length >> 8), (byte) message.length};
        return Bytes.wrap(length).concat(Bytes.wrap(message)).toArray();
    }

    /// Refuses with a reason, or sees the end of what there was.
    private static void read(byte[] data, Side side) throws IOException {
        var pair = RawPair.create();
        pair.dialer().write(data, 0, data.length);
        var channel = new EndsAfter(pair.listener());
        try {
            side.run(channel, new ChannelInput(channel, POOL));
        } catch (ProtocolException | EOFException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
