package org.p2prmb.libp2p.tls;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.ProtocolException;

import java.math.BigInteger;
import java.security.Principal;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.Set;

import javax.security.auth.x500.X500Principal;

/// A [PeerCertificate] as the JDK's TLS wants to see it. What libp2p does not look at, such as
/// names, is empty.
@SuppressWarnings("JavaUtilDate") // The JDK's own signatures.
final class PeerX509Certificate extends X509Certificate {
    private static final long serialVersionUID = 1L;

    private static final X500Principal NOBODY = new X500Principal("");

    private final transient PeerCertificate certificate;

    PeerX509Certificate(PeerCertificate certificate) {
        this.certificate = certificate;
    }

    @Override
    public PublicKey getPublicKey() {
        return certificate.subjectKey().key();
    }

    @Override
    public byte[] getEncoded() {
        return certificate.encoded().toArray();
    }

    @Override
    public byte[] getTBSCertificate() {
        return certificate.signed().toArray();
    }

    @Override
    public byte[] getSignature() {
        return certificate.signature().bytes().toArray();
    }

    @Override
    public Date getNotBefore() {
        return Date.from(certificate.notBefore());
    }

    @Override
    public Date getNotAfter() {
        return Date.from(certificate.notAfter());
    }

    @Override
    public void checkValidity()
            throws CertificateExpiredException, CertificateNotYetValidException {
        checkValidity(new Date());
    }

    @Override
    public void checkValidity(Date date)
            throws CertificateExpiredException, CertificateNotYetValidException {
        if (date.before(getNotBefore())) {
            throw new CertificateNotYetValidException("not before " + certificate.notBefore());
        }
        if (date.after(getNotAfter())) {
            throw new CertificateExpiredException("not after " + certificate.notAfter());
        }
    }

    @Override
    public void verify(PublicKey key) throws CertificateException, SignatureException {
        try {
            var own = key.equals(getPublicKey());
            if (!own
                    || !certificate
                            .signature()
                            .verify(certificate.signed(), certificate.subjectKey())) {
                throw new SignatureException("signed by another key");
            }
        } catch (ProtocolException e) {
            throw new CertificateException(e.getMessage(), e);
        }
    }

    @Override
    public void verify(PublicKey key, String provider)
            throws CertificateException, SignatureException {
        verify(key);
    }

    @Override
    public int getVersion() {
        return 3;
    }

    @Override
    public BigInteger getSerialNumber() {
        return BigInteger.ZERO;
    }

    @Override
    @SuppressWarnings("deprecation") // What the JDK calls it.
    public Principal getIssuerDN() {
        return NOBODY;
    }

    @Override
    @SuppressWarnings("deprecation") // What the JDK calls it.
    public Principal getSubjectDN() {
        return NOBODY;
    }

    @Override
    public X500Principal getIssuerX500Principal() {
        return NOBODY;
    }

    @Override
    public X500Principal getSubjectX500Principal() {
        return NOBODY;
    }

    @Override
    public String getSigAlgName() {
        return getSigAlgOID();
    }

    @Override
    public String getSigAlgOID() {
        return certificate.signature().algorithm().toHex();
    }

    @Override
    public byte @Nullable [] getSigAlgParams() {
        return null;
    }

    @Override
    public boolean @Nullable [] getIssuerUniqueID() {
        return null;
    }

    @Override
    public boolean @Nullable [] getSubjectUniqueID() {
        return null;
    }

    @Override
    public boolean @Nullable [] getKeyUsage() {
        return null;
    }

    @Override
    public int getBasicConstraints() {
        return -1;
    }

    @Override
    public boolean hasUnsupportedCriticalExtension() {
        return false;
    }

    @Override
    public @Nullable Set<String> getCriticalExtensionOIDs() {
        return null;
    }

    @Override
    public @Nullable Set<String> getNonCriticalExtensionOIDs() {
        return null;
    }

    @Override
    public byte @Nullable [] getExtensionValue(String oid) {
        return null;
    }

    @Override
    public String toString() {
        return "certificate of " + certificate.identity().peerId();
    }
}
