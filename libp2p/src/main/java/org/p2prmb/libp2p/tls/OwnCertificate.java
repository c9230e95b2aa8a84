package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Der;
import org.p2prmb.libp2p.identity.KeyPair;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The certificate that a host shows: a new P-256 key, vouched for by the host's identity in the
/// first and only extension, since js-libp2p looks no further.
record OwnCertificate(PrivateKey key, PeerX509Certificate certificate) {
    /// For peers whose clocks are behind.
    private static final Duration BACKDATED = Duration.ofHours(1);

    /// The node is restarted within this time.
    private static final Duration LIFETIME = Duration.ofDays(36_500);

    private static final int SERIAL_BITS = 63;

    /// A name, as the JDK reads no certificate without one: `O=libp2p`.
    private static final Bytes NAME = Bytes.hex("3011310f300d060355040a0c066c6962703270");

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT);

    static OwnCertificate create(KeyPair identity, SecureRandom random, Instant now) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            var keys = generator.generateKeyPair();
            var subjectKey = Bytes.wrap(keys.getPublic().getEncoded());
            var extension = extension(identity, subjectKey);
            var serial = Der.encode(new java.math.BigInteger(SERIAL_BITS, random));
            var signed = signed(serial, now, subjectKey, extension);
            var encoded = sign(signed, keys.getPrivate());
            return new OwnCertificate(
                    keys.getPrivate(), new PeerX509Certificate(PeerCertificate.decode(encoded)));
        } catch (GeneralSecurityException | ProtocolException e) {
            throw new IllegalStateException("cannot make a certificate", e);
        }
    }

    private static Bytes extension(KeyPair identity, Bytes subjectKey) {
        var signature = identity.sign(PeerCertificate.PREFIX.concat(subjectKey));
        var content =
                Der.encode(
                        Der.SEQUENCE,
                        Der.encode(Der.OCTET_STRING, identity.publicKey().encoded()),
                        Der.encode(Der.OCTET_STRING, signature));
        return Der.encode(
                Der.SEQUENCE, PeerCertificate.EXTENSION, Der.encode(Der.OCTET_STRING, content));
    }

    private static Bytes signed(Bytes serial, Instant now, Bytes subjectKey, Bytes extension) {
        var validity =
                Der.encode(Der.SEQUENCE, time(now.minus(BACKDATED)), time(now.plus(LIFETIME)));
        return Der.encode(
                Der.SEQUENCE,
                PeerCertificate.VERSION_3,
                serial,
                CertificateSignature.ECDSA_SHA256,
                NAME,
                validity,
                NAME,
                subjectKey,
                Der.encode(PeerCertificate.EXTENSIONS_TAG, Der.encode(Der.SEQUENCE, extension)));
    }

    private static Bytes time(Instant instant) {
        var text = TIME.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
        // Years before 2050 have two digits in certificates.
        return text.compareTo("2050") < 0
                ? Der.encode(PeerCertificate.UTC_TIME, Bytes.utf8(text.substring(2)))
                : Der.encode(PeerCertificate.GENERALIZED_TIME, Bytes.utf8(text));
    }

    private static Bytes sign(Bytes signed, PrivateKey key) throws GeneralSecurityException {
        var engine = Signature.getInstance("SHA256withECDSA");
        engine.initSign(key);
        engine.update(signed.unsafeArray());
        var signature = Bytes.wrap(engine.sign());
        return Der.encode(
                Der.SEQUENCE,
                signed,
                CertificateSignature.ECDSA_SHA256,
                Der.encode(Der.BIT_STRING, Bytes.hex("00"), signature));
    }

    @Override
    public String toString() {
        return "OwnCertificate"; // The key is a secret.
    }
}
