package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Der;
import org.p2prmb.libp2p.identity.PublicKey;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Locale;

/// The certificate of a libp2p peer: a key of its own for TLS, signed by itself, and the word of
/// the peer's identity key that it is the peer's.
///
/// ```
/// Certificate { tbs, algorithm, signature of tbs by subjectKey }
///   tbs { version 3, serial, algorithm, issuer, validity, subject, subjectKey, extensions }
///     extension 1.3.6.1.4.1.53594.1.1 { identity key, signature of subjectKey by it }
/// ```
///
/// Serial, issuer and subject may be anything. See the
/// [specification](https://github.com/libp2p/specs/blob/master/tls/tls.md).
///
/// @param signed the bytes that the certificate's own signature covers
/// @param identitySignature covers [#PREFIX] and the subject's key
record PeerCertificate(
        Bytes encoded,
        Bytes signed,
        CertificateSignature signature,
        Instant notBefore,
        Instant notAfter,
        CertificateKey subjectKey,
        PublicKey identity,
        Bytes identitySignature) {
    /// Two of the largest keys and signatures.
    static final int ENCODED_BYTES_MAX = 16_384;

    static final Bytes PREFIX = Bytes.utf8("libp2p-tls-handshake:");

    /// `1.3.6.1.4.1.53594.1.1`
    static final Bytes EXTENSION = Bytes.hex("060a2b0601040183a25a0101");

    static final Bytes VERSION_3 = Bytes.hex("a003020102");
    static final int EXTENSIONS_TAG = 0xa3;
    static final int GENERALIZED_TIME = 0x18;

    static final int UTC_TIME = 0x17;
    private static final Bytes CRITICAL = Bytes.hex("0101ff");
    private static final Bytes NOT_CRITICAL = Bytes.hex("010100");
    private static final int BOOLEAN = 0x01;
    private static final int EXTENSIONS_MAX = 32;

    /// A year of two digits is one of 1950 to 2049.
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT);

    /// Reads a certificate; nothing is verified. Throws when it is none, or none of a peer.
    static PeerCertificate decode(Bytes encoded) throws ProtocolException {
        if (encoded.size() > ENCODED_BYTES_MAX) {
            throw new ProtocolException("certificate of more than " + ENCODED_BYTES_MAX + " bytes");
        }
        var whole = Der.of(encoded);
        var certificate = whole.enter(Der.SEQUENCE);
        whole.requireEnd();
        var signed = certificate.value(Der.SEQUENCE);
        var algorithm = certificate.value(Der.SEQUENCE);
        var signature = certificate.bitString().rest();
        certificate.requireEnd();

        var tbs = Der.of(signed).enter(Der.SEQUENCE);
        tbs.skip(VERSION_3);
        tbs.enter(Der.INTEGER);
        tbs.skip(algorithm);
        tbs.enter(Der.SEQUENCE);
        var validity = tbs.enter(Der.SEQUENCE);
        var notBefore = time(validity);
        var notAfter = time(validity);
        validity.requireEnd();
        tbs.enter(Der.SEQUENCE);
        var subjectKey = CertificateKey.decode(tbs.value(Der.SEQUENCE));
        var extension = extension(tbs);
        var identity = PublicKey.decode(extension.enter(Der.OCTET_STRING).rest());
        var identitySignature = extension.enter(Der.OCTET_STRING).rest();
        extension.requireEnd();
        return new PeerCertificate(
                encoded,
                signed,
                new CertificateSignature(algorithm, signature),
                notBefore,
                notAfter,
                subjectKey,
                identity,
                identitySignature);
    }

    private static Instant time(Der validity) throws ProtocolException {
        var text =
                validity.startsWith(UTC_TIME)
                        ? fullYear(validity.enter(UTC_TIME).rest().toUtf8())
                        : validity.enter(GENERALIZED_TIME).rest().toUtf8();
        try {
            return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new ProtocolException("certificate with an impossible time", e);
        }
    }

    private static String fullYear(String text) {
        return (text.compareTo("5") < 0 ? "20" : "19") + text;
    }

    /// The content of the extension that names the peer: of all there may be only this one counts,
    /// and others may only be there if they say that they may be ignored.
    private static Der extension(Der tbs) throws ProtocolException {
        var wrapped = tbs.enter(EXTENSIONS_TAG);
        tbs.requireEnd();
        var extensions = wrapped.enter(Der.SEQUENCE);
        wrapped.requireEnd();
        var seen = new HashSet<Bytes>();
        Der found = null;
        while (!extensions.atEnd()) {
            var extension = extensions.enter(Der.SEQUENCE);
            var id = extension.value(Der.OBJECT_IDENTIFIER);
            var critical = critical(extension);
            var content = extension.enter(Der.OCTET_STRING);
            extension.requireEnd();
            if (!seen.add(id) || seen.size() > EXTENSIONS_MAX) {
                throw new ProtocolException("certificate with too many or repeated extensions");
            }
            if (id.equals(EXTENSION)) {
                found = content.enter(Der.SEQUENCE);
                content.requireEnd();
            } else if (critical) {
                throw new ProtocolException("certificate with an unknown critical extension");
            }
        }
        if (found == null) {
            throw new ProtocolException("certificate names no libp2p peer");
        }
        return found;
    }

    private static boolean critical(Der extension) throws ProtocolException {
        if (!extension.startsWith(BOOLEAN)) {
            return false;
        }
        var value = extension.value(BOOLEAN);
        if (!value.equals(CRITICAL) && !value.equals(NOT_CRITICAL)) {
            throw new ProtocolException("certificate with a malformed extension");
        }
        return value.equals(CRITICAL);
    }

    /// Throws unless the certificate is valid at `now`, signed by its own key, and vouched for by
    /// the identity that it names.
    void verify(Instant now) throws ProtocolException {
        if (now.isBefore(notBefore) || now.isAfter(notAfter)) {
            throw new ProtocolException(
                    "certificate valid from %s to %s, not now".formatted(notBefore, notAfter));
        }
        if (!signature.verify(signed, subjectKey)) {
            throw new ProtocolException("certificate is not signed by its own key");
        }
        if (!identity.verify(PREFIX.concat(subjectKey.encoded()), identitySignature)) {
            throw new ProtocolException("the identity did not sign the certificate's key");
        }
    }
}
