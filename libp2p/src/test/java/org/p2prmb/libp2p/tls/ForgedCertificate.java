package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.Der;
import org.p2prmb.libp2p.identity.KeyPair;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/// A certificate that is right but for what a test changes.
final class ForgedCertificate {
    static final Bytes BASIC_CONSTRAINTS = Bytes.hex("0603551d13");

    private static final Bytes CRITICAL = Bytes.hex("0101ff");
    private static final Bytes NO_NAME = Bytes.hex("3000");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    /// How the certificate is signed, and with which key.
    enum Kind {
        P256(
                "EC",
                new ECGenParameterSpec("secp256r1"),
                "SHA256withECDSA",
                "300a06082a8648ce3d040302"),
        P384(
                "EC",
                new ECGenParameterSpec("secp384r1"),
                "SHA384withECDSA",
                "300a06082a8648ce3d040303"),
        P384_SHA256(
                "EC",
                new ECGenParameterSpec("secp384r1"),
                "SHA256withECDSA",
                "300a06082a8648ce3d040302"),
        P521(
                "EC",
                new ECGenParameterSpec("secp521r1"),
                "SHA512withECDSA",
                "300a06082a8648ce3d040304"),
        P256_SHA1(
                "EC",
                new ECGenParameterSpec("secp256r1"),
                "SHA1withECDSA",
                "300906072a8648ce3d0401"),
        ED25519("Ed25519", null, "Ed25519", "300506032b6570"),
        RSA_PKCS1(
                "RSA",
                new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4),
                "SHA256withRSA",
                "300d06092a864886f70d01010b0500"),
        RSA_1024(
                "RSA",
                new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F4),
                "SHA256withRSA",
                "300d06092a864886f70d01010b0500"),
        RSA_PSS(
                "RSA",
                new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4),
                "RSASSA-PSS",
                "");

        private final String generator;
        private final AlgorithmParameterSpec size;
        private final String signer;
        private final String algorithm;

        Kind(String generator, AlgorithmParameterSpec size, String signer, String algorithm) {
            this.generator = generator;
            this.size = size;
            this.signer = signer;
            this.algorithm = algorithm;
        }
    }

    private final KeyPair identity;
    private final java.security.KeyPair keys;
    private final Kind kind;
    private Instant notBefore = Instant.parse("2020-01-01T00:00:00Z");
    private Instant notAfter = Instant.parse("2120-01-01T00:00:00Z");
    private final List<Bytes> extensions = new ArrayList<>();
    private Bytes version = PeerCertificate.VERSION_3;
    private Bytes uniqueIds = Bytes.EMPTY;
    private java.security.KeyPair signer;

    ForgedCertificate(KeyPair identity, Kind kind) {
        this.identity = identity;
        this.kind = kind;
        this.keys = keys(kind);
        this.signer = keys;
        extensions.add(libp2p(identity));
    }

    ForgedCertificate(KeyPair identity) {
        this(identity, Kind.P256);
    }

    private static java.security.KeyPair keys(Kind kind) {
        try {
            var generator = KeyPairGenerator.getInstance(kind.generator);
            if (kind.size != null) {
                generator.initialize(kind.size);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    ForgedCertificate valid(String from, String to) {
        notBefore = Instant.parse(from);
        notAfter = Instant.parse(to);
        return this;
    }

    /// In place of all extensions.
    ForgedCertificate with(Bytes... changed) {
        extensions.clear();
        extensions.addAll(List.of(changed));
        return this;
    }

    ForgedCertificate withVersion(String hex) {
        version = Bytes.hex(hex);
        return this;
    }

    ForgedCertificate withUniqueIds(String hex) {
        uniqueIds = Bytes.hex(hex);
        return this;
    }

    ForgedCertificate signedByAnother() {
        signer = keys(kind);
        return this;
    }

    /// The extension of libp2p in which `signer` signs the certificate's key as `named`.
    Bytes libp2p(KeyPair named, KeyPair signing) {
        var key = Bytes.wrap(keys.getPublic().getEncoded());
        var signature = signing.sign(PeerCertificate.PREFIX.concat(key));
        return libp2p(named.publicKey().encoded(), signature);
    }

    Bytes libp2p(KeyPair named) {
        return libp2p(named, named);
    }

    static Bytes libp2p(Bytes key, Bytes signature) {
        return extension(
                PeerCertificate.EXTENSION,
                false,
                Der.encode(
                        Der.SEQUENCE,
                        Der.encode(Der.OCTET_STRING, key),
                        Der.encode(Der.OCTET_STRING, signature)));
    }

    static Bytes extension(Bytes id, boolean critical, Bytes content) {
        return Der.encode(
                Der.SEQUENCE,
                id,
                critical ? CRITICAL : Bytes.EMPTY,
                Der.encode(Der.OCTET_STRING, content));
    }

    Bytes encoded() {
        try {
            var engine = Signature.getInstance(kind.signer);
            if (kind == Kind.RSA_PSS) {
                engine.setParameter(
                        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            var algorithm = Bytes.hex(kind.algorithm);
            if (kind == Kind.RSA_PSS) {
                var parameters = Bytes.wrap(engine.getParameters().getEncoded());
                algorithm =
                        Der.encode(Der.SEQUENCE, Bytes.hex("06092a864886f70d01010a"), parameters);
            }
            var signed = signed(algorithm);
            engine.initSign(signer.getPrivate());
            engine.update(signed.unsafeArray());
            var signature = Bytes.wrap(engine.sign());
            return Der.encode(
                    Der.SEQUENCE,
                    signed,
                    algorithm,
                    Der.encode(Der.BIT_STRING, Bytes.hex("00"), signature));
        } catch (GeneralSecurityException | java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private Bytes signed(Bytes algorithm) {
        var validity = Der.encode(Der.SEQUENCE, time(notBefore), time(notAfter));
        var all = extensions.stream().reduce(Bytes.EMPTY, Bytes::concat);
        return Der.encode(
                Der.SEQUENCE,
                version,
                Bytes.hex("020101"),
                algorithm,
                NO_NAME,
                validity,
                NO_NAME,
                Bytes.wrap(keys.getPublic().getEncoded()),
                uniqueIds,
                Der.encode(PeerCertificate.EXTENSIONS_TAG, Der.encode(Der.SEQUENCE, all)));
    }

    private static Bytes time(Instant instant) {
        return Der.encode(PeerCertificate.GENERALIZED_TIME, Bytes.utf8(TIME.format(instant)));
    }

    /// What shows it in a handshake, whatever is wrong with it.
    OwnCertificate shown() {
        try {
            var honest = PeerCertificate.decode(new ForgedCertificate(identity).encoded());
            var key = CertificateKey.decode(Bytes.wrap(keys.getPublic().getEncoded()));
            var forged =
                    new PeerCertificate(
                            encoded(),
                            honest.signed(),
                            honest.signature(),
                            notBefore,
                            notAfter,
                            key,
                            honest.identity(),
                            honest.identitySignature());
            return new OwnCertificate(keys.getPrivate(), new PeerX509Certificate(forged));
        } catch (org.p2prmb.libp2p.core.ProtocolException e) {
            throw new AssertionError(e);
        }
    }
}
