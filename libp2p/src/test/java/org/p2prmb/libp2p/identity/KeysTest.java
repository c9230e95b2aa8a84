package org.p2prmb.libp2p.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;

import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

final class KeysTest {
    private static final Bytes MESSAGE = Bytes.utf8("libp2p test vector");

    static JsonNode vector(KeyType type) {
        return Vectors.at("keys", "vectors", type.name().toLowerCase(Locale.ROOT));
    }

    static KeyPair keys(KeyType type) throws ProtocolException {
        return KeyPair.decode(Vectors.bytes(vector(type), "private_key_pb"));
    }

    @ParameterizedTest
    @EnumSource
    void aPublishedKeyHasItsPublicHalfPeerIdAndForms(KeyType type) throws ProtocolException {
        var vector = vector(type);
        var keys = keys(type);
        assertThat(keys.publicKey().type()).isEqualTo(type);
        assertThat(keys.publicKey().encoded()).isEqualTo(Vectors.bytes(vector, "public_key_pb"));
        assertThat(keys.encoded()).isEqualTo(Vectors.bytes(vector, "private_key_pb"));
        assertThat(PublicKey.decode(keys.publicKey().encoded())).isEqualTo(keys.publicKey());
        assertThat(keys.peerId().multihash()).isEqualTo(Vectors.bytes(vector, "multihash"));
        assertThat(keys.peerId()).hasToString(Vectors.text(vector, "base58"));
        assertThat(keys.peerId().toCid()).isEqualTo(Vectors.text(vector, "cidv1_base32"));
    }

    @ParameterizedTest
    @EnumSource
    void aPublishedSignatureIsVerified(KeyType type) throws ProtocolException {
        var vector = vector(type);
        var message = Bytes.utf8("libp2p test vector");
        var signature = Vectors.bytes(vector, "signature_over_ascii_libp2p_test_vector");
        var key = PublicKey.decode(Vectors.bytes(vector, "public_key_pb"));
        assertThat(key.verify(message, signature)).isTrue();
        if (type == KeyType.ED25519 || type == KeyType.RSA) {
            assertThat(keys(type).sign(message)).isEqualTo(signature);
        }
    }

    @ParameterizedTest
    @DisplayName("RUSTSEC-2019-0004: any signature verifies")
    @EnumSource
    void whatIsSignedVerifiesAndNothingElseDoes(KeyType type) throws ProtocolException {
        var keys = keys(type);
        var signature = keys.sign(MESSAGE);
        assertThat(keys.publicKey().verify(MESSAGE, signature)).isTrue();
        assertThat(keys.publicKey().verify(Bytes.utf8("another"), signature)).isFalse();
        assertThat(keys.publicKey().verify(MESSAGE, Bytes.EMPTY)).isFalse();
        assertThat(keys.publicKey().verify(MESSAGE, signature.concat(Bytes.hex("00")))).isFalse();
        for (int bit = 0; bit < signature.size() * 8; bit += type == KeyType.RSA ? 97 : 5) {
            var flipped = signature.toArray();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(keys.publicKey().verify(MESSAGE, Bytes.wrap(flipped))).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void randomSignaturesAreFalseAndNeverAnException(KeyType type) throws ProtocolException {
        var keys = keys(type);
        var signature = keys.sign(MESSAGE);
        Seeds.forEach(
                100,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, signature.toArray()));
                    assertThat(keys.publicKey().verify(MESSAGE, mutant))
                            .isEqualTo(mutant.equals(signature));
                });
    }

    static Stream<JsonNode> goVectors() {
        return Vectors.at("go_crypto_test_data", "vectors").valueStream();
    }

    @ParameterizedTest
    @MethodSource("goVectors")
    void keysAndSignaturesOfGoAreUnderstood(JsonNode vector) throws ProtocolException {
        var keys = KeyPair.decode(Vectors.bytes(vector, "priv"));
        var message = Bytes.utf8("Libp2p is the _best_!");
        assertThat(keys.publicKey().encoded()).isEqualTo(Vectors.bytes(vector, "pub"));
        assertThat(keys.peerId()).isEqualTo(PeerId.parse(Vectors.text(vector, "peer_id")));
        assertThat(keys.encoded()).isEqualTo(Vectors.bytes(vector, "priv"));
        assertThat(keys.publicKey().verify(message, Vectors.bytes(vector, "sig"))).isTrue();
    }

    @Test
    void theRsaKeyOfGoHasItsPeerId() throws ProtocolException {
        var vector = Vectors.at("go_peer_test");
        var encoded = Base64.getDecoder().decode(Vectors.text(vector, "rsa_private_key_pb_base64"));
        assertThat(KeyPair.decode(Bytes.wrap(encoded)).peerId())
                .hasToString(Vectors.text(vector, "peer_id"));
    }

    static Stream<JsonNode> nodeVectors() {
        return Vectors.at("gossipsub_interop_node_keys", "vectors").valueStream();
    }

    @ParameterizedTest
    @MethodSource("nodeVectors")
    void seededNodesHaveTheirPublishedKeys(JsonNode vector) {
        var keys = KeyPair.ed25519(Vectors.bytes(vector, "seed"));
        assertThat(keys.publicKey().encoded()).isEqualTo(Vectors.bytes(vector, "public_key_pb"));
        assertThat(keys.peerId()).hasToString(Vectors.text(vector, "peer_id"));
        assertThat(KeysTest.node(vector.required("node").intValue()).peerId())
                .isEqualTo(keys.peerId());
    }

    private static KeyPair node(int number) {
        var seed = new byte[32];
        for (int index = 0; index < 4; index++) {
            seed[index] = (byte) (number >>> (8 * index));
        }
        return KeyPair.ed25519(Bytes.wrap(seed));
    }

    @Test
    void tenThousandSeededNodesHaveTheirPublishedPeerIds() {
        var lines = new StringBuilder();
        for (int number = 0; number < 10_000; number++) {
            lines.append('>').append(number).append(':').append(node(number).peerId()).append('\n');
        }
        var aggregate = Sha256.of(Bytes.utf8(lines.toString()).toArray());
        assertThat(HexFormat.of().formatHex(aggregate))
                .isEqualTo(
                        Vectors.text(
                                Vectors.at("gossipsub_interop_node_keys"),
                                "aggregate_sha256_first_10000"));
    }

    @Test
    void generatedKeysDifferAndComeBack() throws ProtocolException {
        var random = new SecureRandom();
        var keys = KeyPair.generate(random);
        assertThat(keys.peerId()).isNotEqualTo(KeyPair.generate(random).peerId());
        var copy = KeyPair.decode(keys.encoded());
        assertThat(copy.publicKey()).isEqualTo(keys.publicKey());
        assertThat(copy.sign(MESSAGE)).isEqualTo(keys.sign(MESSAGE));
    }

    @Test
    void theLegacyEd25519FormIsReadAndWrittenAsTheNewOne() throws ProtocolException {
        var keys = keys(KeyType.ED25519);
        var legacy = Bytes.hex("08011260").concat(keys.encoded().slice(4, 68));
        var copies = legacy.concat(keys.publicKey().raw());
        assertThat(KeyPair.decode(copies).encoded()).isEqualTo(keys.encoded());
        var other = legacy.concat(KeyPair.ed25519(Bytes.wrap(new byte[32])).publicKey().raw());
        assertThatThrownBy(() -> KeyPair.decode(other)).isInstanceOf(ProtocolException.class);
    }

    @Test
    void anEd25519SecretWithAForeignPublicHalfIsRefused() throws ProtocolException {
        var own = keys(KeyType.ED25519).encoded();
        var foreign = KeyPair.ed25519(Bytes.wrap(new byte[32])).publicKey().raw();
        assertThatThrownBy(() -> KeyPair.decode(own.slice(0, 36).concat(foreign)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    @DisplayName("RUSTSEC-2022-0093: signing with a public key of the caller's choice")
    void nothingThatSignsTakesAPublicKey() {
        var signing =
                Stream.of(
                                KeyPair.class,
                                Signatures.class,
                                Signer.class,
                                SignedEnvelope.class,
                                PeerRecord.class,
                                Ed25519Keys.class)
                        .flatMap(type -> Stream.of(type.getDeclaredMethods()))
                        .filter(method -> method.getName().matches("sign|seal"))
                        .toList();
        assertThat(signing)
                .hasSizeGreaterThan(5)
                .allSatisfy(method ->
                        assertThat(method.getParameterTypes()).doesNotContain(PublicKey.class));
        assertThat(signing)
                .filteredOn(method -> method.getDeclaringClass() == KeyPair.class)
                .allSatisfy(method ->
                        assertThat(method.getParameterTypes()).containsExactly(Bytes.class));
    }

    @ParameterizedTest
    @EnumSource
    void theSecretIsNeverShown(KeyType type) throws ProtocolException {
        var keys = keys(type);
        assertThat(keys.toString()).contains(keys.peerId().toString()).hasSizeLessThan(100);
    }

    /// The eight points of small order have no owner: a signature by them fits many messages.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"
            })
    void ed25519KeysOfSmallOrderAreRefused(String raw) {
        assertThatIllegalArgumentException().isThrownBy(() -> PublicKey.ed25519(Bytes.hex(raw)));
    }

    /// `S` plus the group's order would verify too, were it not checked.
    @Test
    void ed25519SignaturesHaveOneForm() throws ProtocolException {
        var keys = keys(KeyType.ED25519);
        var signature = keys.sign(MESSAGE).toArray();
        var order =
                HexFormat.of()
                        .parseHex(
                                "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        int carry = 0;
        for (int index = 0; index < 32; index++) {
            carry += (signature[32 + index] & 0xff) + (order[index] & 0xff);
            signature[32 + index] = (byte) carry;
            carry >>>= 8;
        }
        assertThat(keys.publicKey().verify(MESSAGE, Bytes.wrap(signature))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1024, 2047 - 15})
    void smallRsaKeysAreRefused(int bits) throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        var encoded = generator.generateKeyPair().getPublic().getEncoded();
        assertThatThrownBy(() -> PublicKey.of(KeyType.RSA, Bytes.wrap(encoded)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("bits");
    }

    @Test
    @DisplayName("CVE-2023-39533: huge RSA keys")
    void hugeRsaNumbersAreRefused() throws Exception {
        var small = PublicKey.decode(Vectors.bytes(vector(KeyType.RSA), "public_key_pb"));
        var exponent = BigInteger.valueOf(65537);
        for (int bits : List.of(8193, 16384)) {
            assertRefused(BigInteger.ONE.shiftLeft(bits - 1).setBit(0), exponent);
        }
        var modulus = modulus(small.raw());
        for (var wrong : List.of(0L, 1L, 2L, 65536L, (1L << 32) | 1, -3L)) {
            assertRefused(modulus, BigInteger.valueOf(wrong));
        }
        assertRefused(modulus.clearBit(0), exponent);
        assertRefused(modulus.negate(), exponent);
    }

    /// What the tests of Noise, envelopes and gossip rest on: but for its size it is a right one.
    @Test
    @DisplayName("CVE-2023-39533: a huge key whose signatures are right")
    void theHugeKeyOfTheTestsSignsRight() {
        assertThat(HugeRsa.verifies(MESSAGE, HugeRsa.sign(MESSAGE))).isTrue();
        assertThatThrownBy(() -> PublicKey.decode(HugeRsa.publicKey()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("8676 bits");
    }

    private static BigInteger modulus(Bytes raw) throws Exception {
        var spec = new X509EncodedKeySpec(raw.toArray());
        var factory = KeyFactory.getInstance("RSA");
        return ((RSAPublicKey) factory.generatePublic(spec)).getModulus();
    }

    private static void assertRefused(BigInteger modulus, BigInteger exponent) throws Exception {
        var published = Vectors.bytes(vector(KeyType.RSA), "public_key_pb");
        var raw = PublicKey.decode(published).raw().toArray();
        var algorithm = SubjectPublicKeyInfo.getInstance(raw).getAlgorithm();
        var info =
                new SubjectPublicKeyInfo(
                        algorithm, new org.bouncycastle.asn1.pkcs.RSAPublicKey(modulus, exponent));
        assertThatThrownBy(() -> PublicKey.of(KeyType.RSA, Bytes.wrap(info.getEncoded("DER"))))
                .isInstanceOf(ProtocolException.class);
    }
}
