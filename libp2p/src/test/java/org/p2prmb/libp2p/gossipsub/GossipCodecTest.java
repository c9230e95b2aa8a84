package org.p2prmb.libp2p.gossipsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.identity.Signatures;

import java.time.Instant;

final class GossipCodecTest {
    private static final KeyPair KEYS = KeyPair.ed25519(Bytes.wrap(new byte[32]));
    private static final String TOPIC = "topic";
    private static final Bytes DATA = Bytes.utf8("data");

    /// Signs with the length of the message.
    private static final Signatures LENGTHS =
            new Signatures() {
                @Override
                public Bytes sign(KeyPair keys, Bytes message) {
                    return Bytes.wrap(new byte[] {(byte) message.size()});
                }

                @Override
                public boolean verify(PublicKey signer, Bytes message, Bytes signature) {
                    return signature.at(0) == (byte) message.size();
                }
            };

    private final GossipCodec real = new GossipCodec(MessageIds.SHA256, Signatures.REAL);

    @Test
    void whatWasWrittenIsReadAndVerified() throws ProtocolException {
        var message = real.sign(KEYS, 7, TOPIC, DATA);
        var frames = real.encode(Rpc.of(message));

        assertThat(frames).hasSize(1);
        var read = real.decode(frames.getFirst().unsafeArray()).messages();
        assertThat(read).containsExactly(message);
        assertThat(read.getFirst().encoded()).isEqualTo(message.encoded());
        assertThat(real.verify(read.getFirst())).isTrue();
    }

    @Test
    void signaturesOfAnotherKindAreUsedForSigningAndVerifyingAlike() {
        var other = new GossipCodec(MessageIds.SHA256, LENGTHS);
        var message = other.sign(KEYS, 7, TOPIC, DATA);

        assertThat(other.verify(message)).isTrue();
        assertThat(real.verify(message)).isFalse();
        assertThat(other.verify(real.sign(KEYS, 7, TOPIC, DATA))).isFalse();
    }

    @Test
    void aRestartCountsOnFromTheClock() {
        var before = Instant.ofEpochSecond(1_800_000_000, 5);
        assertThat(GossipCodec.seqnoBefore(before)).isEqualTo(1_800_000_000_000_000_005L);
    }

    @Test
    void othersSeeTheMeshButDoNotChangeIt() {
        var mesh = RouterRig.with(7).router.mesh(RouterRig.TOPIC);

        assertThat(mesh).hasSize(GossipConfig.defaults().degrees().low());
        assertThatThrownBy(mesh::removeFirst).isInstanceOf(UnsupportedOperationException.class);
    }
}
