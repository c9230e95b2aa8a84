package org.p2prmb.simulation.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;

import java.util.random.RandomGenerator;

final class ModelSignaturesTest {
    private final Signatures model = new ModelSignatures();

    private static KeyPair keys(RandomGenerator random) {
        return KeyPair.ed25519(Bytes.wrap(Seeds.bytes(random, 32)));
    }

    @Test
    void aSignatureHoldsForItsKeyAndMessageOnlyAndIsAsLongAsARealOne() {
        Seeds.forEach(
                50,
                random -> {
                    var keys = keys(random);
                    var message = Bytes.wrap(Seeds.bytes(random, random.nextInt(300)));
                    var signature = model.sign(keys, message);
                    assertThat(signature.size()).isEqualTo(keys.sign(message).size());
                    assertThat(model.sign(keys, message)).isEqualTo(signature);
                    assertThat(model.verify(keys.publicKey(), message, signature)).isTrue();
                    assertThat(model.verify(keys(random).publicKey(), message, signature))
                            .isFalse();
                });
    }

    @Test
    void anyAlteredByteOfMessageOrSignatureIsNoticed() {
        Seeds.forEach(
                20,
                random -> {
                    var keys = keys(random);
                    var message = Seeds.bytes(random, random.nextInt(1, 100));
                    var signature = model.sign(keys, Bytes.copyOf(message)).toArray();
                    for (int at = 0; at < message.length; at++) {
                        var altered = message.clone();
                        altered[at] ^= (byte) (1 << random.nextInt(8));
                        assertThat(verify(keys, altered, signature)).isFalse();
                    }
                    for (int at = 0; at < signature.length; at++) {
                        var altered = signature.clone();
                        altered[at] ^= (byte) (1 << random.nextInt(8));
                        assertThat(verify(keys, message, altered)).isFalse();
                    }
                });
    }

    @Test
    void mutilatedSignaturesAreNoneAndMessagesOfZeroesDiffer() {
        Seeds.forEach(
                50,
                random -> {
                    var keys = keys(random);
                    var message = new byte[random.nextInt(40)];
                    var signature = model.sign(keys, Bytes.copyOf(message)).toArray();
                    var mutant = Seeds.mutate(random, signature);
                    assertThat(verify(keys, message, mutant))
                            .isEqualTo(Bytes.copyOf(mutant).equals(Bytes.copyOf(signature)));
                    assertThat(verify(keys, new byte[message.length + 1], signature)).isFalse();
                });
    }

    private boolean verify(KeyPair keys, byte[] message, byte[] signature) {
        return model.verify(keys.publicKey(), Bytes.copyOf(message), Bytes.copyOf(signature));
    }
}
