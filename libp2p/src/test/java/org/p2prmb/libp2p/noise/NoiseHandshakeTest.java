package org.p2prmb.libp2p.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.crypto.Mac;

final class NoiseHandshakeTest {
    private static final byte[] NONE = new byte[0];

    private final SecureRandom random = new SecureRandom();

    @ParameterizedTest
    @ValueSource(strings = {"cac.json", "snow.json"})
    @DisplayName("specs#263: the prefix of what is signed")
    void otherImplementationsSendTheSameBytes(String file) throws IOException {
        var vector = Vectors.at("noise_generic", file);
        var initiator =
                NoiseHandshake.initiator(
                        Vectors.bytes(vector, "init_prologue"),
                        keys(vector, "init_static"),
                        keys(vector, "init_ephemeral"));
        var responder =
                NoiseHandshake.responder(
                        Vectors.bytes(vector, "resp_prologue"),
                        keys(vector, "resp_static"),
                        keys(vector, "resp_ephemeral"));
        var ciphertexts = new ArrayList<Bytes>();
        var payloads = new ArrayList<Bytes>();
        for (var i = 0; i < 3; i++) {
            var sender = i == 1 ? responder : initiator;
            var receiver = i == 1 ? initiator : responder;
            var message = sender.write(payload(vector, i));
            ciphertexts.add(Bytes.copyOf(message));
            payloads.add(Bytes.wrap(receiver.read(message)));
        }
        var first = initiator.split();
        var second = responder.split();
        for (var i = 3; i < vector.required("messages").size(); i++) {
            var sending = i % 2 == 0 ? first.sending() : second.sending();
            var receiving = i % 2 == 0 ? second.receiving() : first.receiving();
            var sealed = encrypt(sending, payload(vector, i));
            ciphertexts.add(Bytes.copyOf(sealed));
            payloads.add(Bytes.wrap(decrypt(receiving, sealed)));
        }

        assertThat(ciphertexts).isEqualTo(all(vector, "ciphertext"));
        assertThat(payloads).isEqualTo(all(vector, "payload"));
        assertThat(initiator.handshakeHash()).isEqualTo(responder.handshakeHash());
        if (vector.has("handshake_hash")) {
            assertThat(Bytes.wrap(initiator.handshakeHash()))
                    .isEqualTo(Vectors.bytes(vector, "handshake_hash"));
        }
    }

    @Test
    void libp2pMessagesAreTheVectors() throws IOException {
        var vector = Vectors.at("noise_libp2p");
        var initiator =
                NoiseHandshake.initiator(
                        Bytes.EMPTY,
                        keys(vector, "initiator_static_private"),
                        keys(vector, "initiator_ephemeral_private"));
        var responder =
                NoiseHandshake.responder(
                        Bytes.EMPTY,
                        keys(vector, "responder_static_private"),
                        keys(vector, "responder_ephemeral_private"));
        var first = initiator.write(NONE);
        responder.read(first);
        var second = responder.write(Vectors.bytes(vector, "message2_payload").toArray());
        var answer = initiator.read(second);
        var third = initiator.write(Vectors.bytes(vector, "message3_payload").toArray());
        var last = responder.read(third);

        assertThat(framed(first)).isEqualTo(Vectors.bytes(vector, "wire_message1"));
        assertThat(framed(second)).isEqualTo(Vectors.bytes(vector, "wire_message2"));
        assertThat(framed(third)).isEqualTo(Vectors.bytes(vector, "wire_message3"));
        assertThat(Bytes.wrap(responder.handshakeHash()))
                .isEqualTo(Vectors.bytes(vector, "handshake_hash"));
        assertThat(peer(answer, initiator.remoteStatic()))
                .isEqualTo(Vectors.text(vector, "responder_identity"));
        assertThat(peer(last, responder.remoteStatic()))
                .isEqualTo(Vectors.text(vector, "initiator_identity"));
        assertThat(framed(encrypt(initiator.split().sending(), ascii("ping from initiator"))))
                .isEqualTo(
                        Vectors.bytes(vector, "transport_init_to_resp_ascii_ping_from_initiator"));
        assertThat(framed(encrypt(responder.split().sending(), ascii("pong from responder"))))
                .isEqualTo(
                        Vectors.bytes(vector, "transport_resp_to_init_ascii_pong_from_responder"));
    }

    @Test
    void theKeyDerivationIsThatOfTheVectors() throws GeneralSecurityException {
        var vector = Vectors.at("noise_hkdf");
        var keys =
                SymmetricState.expand(
                        Mac.getInstance("HmacSHA256"),
                        Vectors.bytes(vector, "ck").toArray(),
                        Vectors.bytes(vector, "ikm").toArray(),
                        3);

        assertThat(Arrays.stream(keys).map(Bytes::wrap))
                .containsExactly(
                        Vectors.bytes(vector, "k1"),
                        Vectors.bytes(vector, "k2"),
                        Vectors.bytes(vector, "k3"));
    }

    @Test
    void anyChangedMessageEndsTheHandshake() {
        Seeds.forEach(
                100,
                seed -> {
                    for (var message = 1; message <= 3; message++) {
                        var changed = message;
                        assertThatThrownBy(() -> handshakeWith(changed, seed))
                                .isInstanceOf(ProtocolException.class);
                    }
                });
    }

    private void handshakeWith(int changed, java.util.random.RandomGenerator seed)
            throws IOException {
        var initiator = NoiseHandshake.initiator(Bytes.EMPTY, fresh(), fresh());
        var responder = NoiseHandshake.responder(Bytes.EMPTY, fresh(), fresh());
        responder.read(maybeChanged(initiator.write(NONE), changed == 1, seed));
        initiator.read(maybeChanged(responder.write(NONE), changed == 2, seed));
        responder.read(maybeChanged(initiator.write(NONE), changed == 3, seed));
    }

    /// Flips any bit but the last of a clear key, which X25519 ignores.
    private static byte[] maybeChanged(
            byte[] message, boolean change, java.util.random.RandomGenerator seed) {
        if (!change) {
            return message;
        }
        var changed = message.clone();
        changed[seed.nextInt(message.length)] ^= (byte) (1 << seed.nextInt(7));
        return changed;
    }

    @Test
    void keysOfSmallOrderAreRefused() throws IOException {
        var responder = NoiseHandshake.responder(Bytes.EMPTY, fresh(), fresh());
        responder.read(new byte[32]);

        assertThatThrownBy(() -> responder.write(NONE)).isInstanceOf(ProtocolException.class);
    }

    @Test
    @DisplayName("RUSTSEC-2024-0011: a forged message spends a nonce")
    void aForgedMessageDoesNotSpendANonce() throws IOException {
        var key = Seeds.bytes(new java.util.SplittableRandom(1), 32);
        var sender = new CipherState(key);
        var receiver = new CipherState(key);
        var genuine = encrypt(sender, ascii("genuine"));
        var forged = genuine.clone();
        forged[0] ^= 1;

        assertThatThrownBy(() -> decrypt(receiver, forged)).isInstanceOf(ProtocolException.class);
        assertThat(receiver.counter()).isZero();
        assertThat(decrypt(receiver, genuine)).isEqualTo(ascii("genuine"));
        assertThat(receiver.counter()).isEqualTo(1);
    }

    @Test
    @DisplayName("GHSA-g9mp-8g3h-3c5cz: nonces wrap")
    void theLastNonceIsNeverUsed() throws IOException {
        var key = new byte[32];
        var sender = new CipherState(key, -2);
        var receiver = new CipherState(key, -2);

        assertThat(decrypt(receiver, encrypt(sender, ascii("last")))).isEqualTo(ascii("last"));
        assertThatThrownBy(() -> encrypt(sender, NONE)).hasMessageContaining("no nonce left");
        assertThatThrownBy(() -> decrypt(receiver, new byte[16]))
                .hasMessageContaining("no nonce left");
    }

    @Test
    void messagesOutOfTurnAreABugOfTheCaller() {
        var responder = NoiseHandshake.responder(Bytes.EMPTY, fresh(), fresh());

        assertThatThrownBy(() -> responder.write(NONE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(responder::split).isInstanceOf(IllegalStateException.class);
    }

    private X25519Keys fresh() {
        return X25519Keys.generate(random);
    }

    private static X25519Keys keys(JsonNode vector, String name) {
        return X25519Keys.of(Vectors.bytes(vector, name));
    }

    private static byte[] payload(JsonNode vector, int index) {
        return Vectors.bytes(vector.required("messages").get(index), "payload").toArray();
    }

    private static List<Bytes> all(JsonNode vector, String name) {
        var found = new ArrayList<Bytes>();
        vector.required("messages").forEach(message -> found.add(Vectors.bytes(message, name)));
        return found;
    }

    private static String peer(byte[] payload, byte[] staticKey) throws IOException {
        var verified = NoisePayload.verified(payload, staticKey);
        assertThat(verified.muxers()).containsExactly("/yamux/1.0.0");
        return verified.identity().peerId().toString();
    }

    private static byte[] encrypt(CipherState cipher, byte[] plain) throws IOException {
        var sealed = new byte[plain.length + CipherState.TAG_BYTES];
        cipher.encrypt(NONE, plain, 0, plain.length, sealed, 0);
        return sealed;
    }

    private static byte[] decrypt(CipherState cipher, byte[] sealed) throws IOException {
        var buffer = sealed.clone();
        var size = cipher.decrypt(NONE, buffer, 0, buffer.length, buffer, 0);
        return Arrays.copyOf(buffer, size);
    }

    private static Bytes framed(byte[] message) {
        return Bytes.wrap(new byte[] {(byte) (message.length >> 8), (byte) message.length})
                .concat(Bytes.wrap(message));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
