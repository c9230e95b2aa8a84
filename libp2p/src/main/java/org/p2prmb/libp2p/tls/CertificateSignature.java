package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.tls.CertificateKey.Kind;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.Set;

/// A certificate's signature and how it was made: with hashes of at least 256 bits, and on P-384
/// of at least 384, as the other stacks want it.
///
/// @param algorithm the `AlgorithmIdentifier` in DER
record CertificateSignature(Bytes algorithm, Bytes bytes) {
    static final Bytes ECDSA_SHA256 = Bytes.hex("300a06082a8648ce3d040302");

    private static final Bytes ECDSA_SHA384 = Bytes.hex("300a06082a8648ce3d040303");
    private static final Bytes ED25519 = Bytes.hex("300506032b6570");
    private static final Map<Bytes, String> RSA_PKCS1 =
            Map.of(
                    Bytes.hex("300d06092a864886f70d01010b0500"), "SHA256withRSA",
                    Bytes.hex("300d06092a864886f70d01010c0500"), "SHA384withRSA",
                    Bytes.hex("300d06092a864886f70d01010d0500"), "SHA512withRSA");

    /// The object identifier of RSASSA-PSS; its parameters say the rest.
    private static final Bytes RSA_PSS = Bytes.hex("06092a864886f70d01010a");

    private static final Map<String, Integer> PSS_SALTS =
            Map.of("SHA-256", 32, "SHA-384", 48, "SHA-512", 64);

    /// True when `key` made this signature over `message`. Throws when it claims to have been made
    /// in a way that we do not accept for such a key.
    boolean verify(Bytes message, CertificateKey key) throws ProtocolException {
        try {
            var engine = engine(key.kind());
            engine.initVerify(key.key());
            engine.update(message.unsafeArray());
            return engine.verify(bytes.unsafeArray());
        } catch (SignatureException _) {
            return false; // Malformed.
        } catch (GeneralSecurityException e) {
            throw new ProtocolException("certificate with an unusable key or signature", e);
        }
    }

    private Signature engine(Kind kind) throws GeneralSecurityException, ProtocolException {
        var name =
                switch (kind) {
                    case P256 -> ecdsa(Set.of(ECDSA_SHA256, ECDSA_SHA384));
                    case P384 -> ecdsa(Set.of(ECDSA_SHA384));
                    case ED25519 -> algorithm.equals(ED25519) ? "Ed25519" : null;
                    case RSA -> RSA_PKCS1.get(algorithm);
                };
        if (name != null) {
            return Signature.getInstance(name);
        }
        if (kind == Kind.RSA && isPss()) {
            var engine = Signature.getInstance("RSASSA-PSS");
            engine.setParameter(pssParameters());
            return engine;
        }
        throw new ProtocolException("certificate with a signature that does not suit its key");
    }

    private @org.jspecify.annotations.Nullable String ecdsa(Set<Bytes> accepted) {
        if (!accepted.contains(algorithm)) {
            return null;
        }
        return algorithm.equals(ECDSA_SHA256) ? "SHA256withECDSA" : "SHA384withECDSA";
    }

    private boolean isPss() {
        var from = algorithm.size() > 2 && algorithm.at(1) >= 0 ? 2 : 3;
        var to = from + RSA_PSS.size();
        return algorithm.size() > to && algorithm.slice(from, to).equals(RSA_PSS);
    }

    private PSSParameterSpec pssParameters() throws GeneralSecurityException, ProtocolException {
        var from = (algorithm.at(1) >= 0 ? 2 : 3) + RSA_PSS.size();
        var encoded = algorithm.slice(from, algorithm.size());
        var parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
        try {
            parameters.init(encoded.toArray());
        } catch (IOException e) {
            throw new ProtocolException("certificate with malformed parameters", e);
        }
        var spec = parameters.getParameterSpec(PSSParameterSpec.class);
        var salt = PSS_SALTS.get(spec.getDigestAlgorithm());
        if (salt == null
                || salt != spec.getSaltLength()
                || !(spec.getMGFParameters() instanceof MGF1ParameterSpec mask)
                || !mask.getDigestAlgorithm().equals(spec.getDigestAlgorithm())) {
            throw new ProtocolException("certificate with parameters that we do not accept");
        }
        return spec;
    }
}
