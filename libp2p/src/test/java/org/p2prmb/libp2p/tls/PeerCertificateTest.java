package org.p2prmb.libp2p.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.Vectors;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Der;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.tls.ForgedCertificate.Kind;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;

final class PeerCertificateTest {
    private static final Instant NOW = Instant.parse("2026-07-01T12:00:00Z");
    private static final Bytes OTHER_ID = Bytes.hex("06032a0304");

    private final KeyPair identity = KeyPair.generate(new SecureRandom());
    private final KeyPair mallory = KeyPair.generate(new SecureRandom());
    private final ForgedCertificate forged = new ForgedCertificate(identity);

    private static PeerCertificate accept(Bytes encoded) throws ProtocolException {
        var certificate = PeerCertificate.decode(encoded);
        certificate.verify(NOW);
        return certificate;
    }

    private static void assertRefused(ForgedCertificate certificate, String because) {
        assertThatThrownBy(() -> accept(certificate.encoded()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(because);
    }

    @Test
    @DisplayName("go-libp2p-tls#88: the critical extension of rust-libp2p")
    void vectorsOfTheSpecificationAndOfRust() throws ProtocolException {
        var count = 0;
        for (var vector : Vectors.at("tls_certificates", "vectors")) {
            var encoded = Vectors.bytes(vector, "der");
            var name = Vectors.text(vector, "name");
            if (Vectors.text(vector, "expect").equals("accept")) {
                assertThat(accept(encoded).identity().peerId().toString())
                        .as(name)
                        .isEqualTo(Vectors.text(vector, "expected_peer_id"));
            } else {
                assertThatThrownBy(() -> accept(encoded))
                        .as(name)
                        .isInstanceOf(ProtocolException.class)
                        .hasMessageContaining("identity did not sign");
            }
            count++;
        }
        assertThat(count).isEqualTo(8);
    }

    @Test
    void ourOwnCertificateNamesUsInItsFirstAndOnlyExtension() throws Exception {
        var own = OwnCertificate.create(identity, new SecureRandom(), NOW).certificate();

        var read = accept(Bytes.wrap(own.getEncoded()));

        assertThat(read.identity()).isEqualTo(identity.publicKey());
        assertThat(read.notBefore()).isEqualTo(NOW.minus(Duration.ofHours(1)));
        assertThat(read.notAfter()).isAfter(NOW.plus(Duration.ofDays(36_000)));
        assertThat(read.subjectKey().kind()).isEqualTo(CertificateKey.Kind.P256);
        // As others read it: the JDK's own reader, which wants a name.
        var jdk =
                (java.security.cert.X509Certificate)
                        java.security.cert.CertificateFactory.getInstance("X.509")
                                .generateCertificate(
                                        new java.io.ByteArrayInputStream(own.getEncoded()));
        jdk.verify(jdk.getPublicKey());
        assertThat(jdk.getNonCriticalExtensionOIDs()).containsExactly("1.3.6.1.4.1.53594.1.1");
        assertThat(jdk.getCriticalExtensionOIDs()).isEmpty();
        assertThat(jdk.getVersion()).isEqualTo(3);
        assertThat(jdk.getSigAlgName()).isEqualTo("SHA256withECDSA");
    }

    @Test
    void keysAndSignaturesOfTheOtherStacksAreAccepted() {
        for (var kind :
                EnumSet.of(
                        Kind.P256,
                        Kind.P384,
                        Kind.ED25519, // nim-libp2p#1303 had forgotten these.
                        Kind.RSA_PKCS1,
                        Kind.RSA_PSS)) {
            assertThatCode(() -> accept(new ForgedCertificate(identity, kind).encoded()))
                    .as(kind.name())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void weakKeysAndSignaturesAreRefused() {
        assertRefused(new ForgedCertificate(identity, Kind.P384_SHA256), "does not suit its key");
        assertRefused(new ForgedCertificate(identity, Kind.P256_SHA1), "does not suit its key");
        assertRefused(new ForgedCertificate(identity, Kind.P521), "key of an unknown kind");
    }

    /// CVE-2023-39533: sizes are looked at before anything is computed.
    @Test
    void cve202339533RsaKeysOfOtherSizesAreRefused() {
        assertRefused(new ForgedCertificate(identity, Kind.RSA_1024), "1024 bits");
        var huge =
                Der.encode(
                        Der.SEQUENCE,
                        Bytes.hex("300d06092a864886f70d0101010500"),
                        Der.encode(Der.BIT_STRING, Bytes.wrap(new byte[4096])));
        assertThatThrownBy(() -> CertificateKey.decode(huge))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("key of 4");
    }

    /// CVE-2023-39533: verifying costs as much as the exponent is long.
    @Test
    void cve202339533RsaKeysWithLongExponentsAreRefused() throws Exception {
        var modulus = BigInteger.ONE.shiftLeft(2047).setBit(0);
        for (var exponent :
                List.of(
                        BigInteger.ONE.shiftLeft(2000).setBit(0),
                        BigInteger.ONE.shiftLeft(31).setBit(0),
                        BigInteger.valueOf(65_538))) {
            var key =
                    KeyFactory.getInstance("RSA")
                            .generatePublic(new RSAPublicKeySpec(modulus, exponent));
            assertThatThrownBy(() -> CertificateKey.decode(Bytes.wrap(key.getEncoded())))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("exponent");
        }
    }

    /// GHSA-5hq8-qhww-jm7q: these made rust-libp2p's QUIC panic.
    @Test
    void ghsa5hq8CertificatesOfAnotherTimeAreRefused() {
        assertRefused(forged.valid("2020-01-01T00:00:00Z", "2026-07-01T11:59:59Z"), "not now");
        assertRefused(forged.valid("2026-07-01T12:00:01Z", "2120-01-01T00:00:00Z"), "not now");
        assertRefused(forged.valid("2120-01-01T00:00:00Z", "2020-01-01T00:00:00Z"), "not now");
    }

    @Test
    void ghsa5hq8MissingEmptyAndRepeatedExtensionsAreRefused() {
        var other = ForgedCertificate.extension(OTHER_ID, false, Bytes.hex("00"));
        var empty = ForgedCertificate.extension(PeerCertificate.EXTENSION, false, Bytes.EMPTY);
        var own = forged.libp2p(identity);

        assertRefused(forged.with(), "names no libp2p peer");
        assertRefused(forged.with(other), "names no libp2p peer");
        assertRefused(forged.with(empty), "DER");
        assertRefused(forged.with(own, own), "repeated extensions");
        assertRefused(forged.with(own, empty), "repeated extensions");
        assertRefused(forged.with(ForgedCertificate.libp2p(Bytes.EMPTY, Bytes.EMPTY)), "key");
    }

    /// py-libp2p#1159: BasicConstraints, marked critical.
    @Test
    void py1159UnknownCriticalExtensionsAreRefusedAndOthersIgnored() throws ProtocolException {
        var own = forged.libp2p(identity);
        var content = Bytes.hex("3000");

        assertRefused(
                forged.with(
                        own,
                        ForgedCertificate.extension(
                                ForgedCertificate.BASIC_CONSTRAINTS, true, content)),
                "unknown critical");
        var tolerated =
                forged.with(
                        ForgedCertificate.extension(
                                ForgedCertificate.BASIC_CONSTRAINTS, false, content),
                        own);
        assertThat(accept(tolerated.encoded()).identity()).isEqualTo(identity.publicKey());
    }

    @Test
    void ghsa5hq8CertificatesThatAnotherKeySignedAreRefused() {
        assertRefused(forged.signedByAnother(), "not signed by its own key");
    }

    @Test
    void identitiesThatDidNotSignAreRefused() {
        assertRefused(forged.with(forged.libp2p(identity, mallory)), "identity did not sign");
        var elsewhere = new ForgedCertificate(identity).libp2p(identity);
        assertRefused(forged.with(elsewhere), "identity did not sign");
    }

    @Test
    void otherVersionsAndUniqueIdsAreRefused() {
        assertRefused(new ForgedCertificate(identity).withVersion("a003020101"), "DER");
        assertRefused(new ForgedCertificate(identity).withUniqueIds("81020001"), "DER");
        assertRefused(new ForgedCertificate(identity).withUniqueIds("82020001"), "DER");
    }

    @Test
    void noMutantNamesAnotherPeer() {
        var honest = forged.encoded().toArray();
        Seeds.forEach(
                3000,
                seed -> {
                    var mutant = Bytes.wrap(Seeds.mutate(seed, honest));
                    try {
                        assertThat(accept(mutant).identity()).isEqualTo(identity.publicKey());
                    } catch (ProtocolException _) {
                        // Nearly always.
                    }
                });
    }
}
