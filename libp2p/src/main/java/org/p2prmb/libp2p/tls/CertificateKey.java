package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Der;
import org.p2prmb.libp2p.identity.RsaKeys;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;

/// The public key of a certificate, of one of the kinds that libp2p peers use.
///
/// @param encoded the `SubjectPublicKeyInfo` in DER
record CertificateKey(Kind kind, Bytes encoded, PublicKey key) {
    /// An RSA key of the largest size: nothing larger is looked at (CVE-2023-39533).
    private static final int ENCODED_BYTES_MAX = RsaKeys.PUBLIC_BYTES_MAX;

    enum Kind {
        P256("301306072a8648ce3d020106082a8648ce3d030107", "EC"),
        P384("301006072a8648ce3d020106052b81040022", "EC"),
        ED25519("300506032b6570", "Ed25519"),
        RSA("300d06092a864886f70d0101010500", "RSA");

        private final String algorithm;
        private final String factory;

        Kind(String algorithm, String factory) {
            this.algorithm = algorithm;
            this.factory = factory;
        }
    }

    static CertificateKey decode(Bytes encoded) throws ProtocolException {
        if (encoded.size() > ENCODED_BYTES_MAX) {
            throw new ProtocolException("certificate with a key of " + encoded.size() + " bytes");
        }
        var algorithm = Der.of(encoded).enter(Der.SEQUENCE).value(Der.SEQUENCE);
        for (var kind : Kind.values()) {
            if (kind.algorithm.equals(algorithm.toHex())) {
                return new CertificateKey(kind, encoded, key(kind, encoded));
            }
        }
        throw new ProtocolException("certificate with a key of an unknown kind");
    }

    private static PublicKey key(Kind kind, Bytes encoded) throws ProtocolException {
        try {
            var key =
                    KeyFactory.getInstance(kind.factory)
                            .generatePublic(new X509EncodedKeySpec(encoded.toArray()));
            if (key instanceof RSAPublicKey rsa) {
                RsaKeys.requireSizes(rsa.getModulus(), rsa.getPublicExponent());
            }
            return key;
        } catch (GeneralSecurityException e) {
            throw new ProtocolException("certificate with a malformed key", e);
        }
    }
}
