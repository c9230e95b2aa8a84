package org.p2prmb.libp2p.tls;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.io.IOException;
import java.io.InputStream;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CRL;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactorySpi;
import java.util.Collection;
import java.util.List;

/// Has the JDK's TLS read the certificates of libp2p peers, among them those without a name.
///
/// rust-libp2p names neither issuer nor subject, and the JDK refuses to read such a certificate
/// before anybody can judge it. TLS looks up who reads certificates in the list of providers of
/// the whole process and nowhere else, so this provider stands first in it; outside of a handshake
/// of libp2p it offers nothing, and the look-up goes on to whoever was first before.
final class PeerCertificateProvider extends Provider {
    private static final long serialVersionUID = 1L;

    private static final String NAME = "libp2p-peer-certificates";

    private static final ScopedValue<Boolean> READING = ScopedValue.newInstance();

    private PeerCertificateProvider() {
        super(NAME, "1.0", "Reads certificates within handshakes of libp2p");
        putService(
                new Service(
                        this, "CertificateFactory", "X.509", Reader.class.getName(), null, null) {
                    @Override
                    public Object newInstance(Object parameter) throws NoSuchAlgorithmException {
                        if (!READING.isBound()) {
                            throw new NoSuchAlgorithmException("not within a handshake of libp2p");
                        }
                        return new Reader();
                    }
                });
    }

    /// Takes its place in the process; once is enough.
    static void install() {
        var _ = Security.insertProviderAt(new PeerCertificateProvider(), 1);
    }

    interface Handshake {
        void run() throws IOException;
    }

    /// Runs `handshake` with us as the reader of certificates.
    static void reading(Handshake handshake) throws IOException {
        ScopedValue.where(READING, true)
                .<@org.jspecify.annotations.Nullable Void, IOException>call(() -> {
                    handshake.run();
                    return null;
                });
    }

    /// Reads one certificate from its DER.
    private static final class Reader extends CertificateFactorySpi {
        @Override
        public Certificate engineGenerateCertificate(InputStream from) throws CertificateException {
            try {
                var encoded = from.readNBytes(PeerCertificate.ENCODED_BYTES_MAX + 1);
                return new PeerX509Certificate(PeerCertificate.decode(Bytes.wrap(encoded)));
            } catch (ProtocolException e) {
                throw new CertificateException(e.getMessage(), e);
            } catch (IOException e) {
                throw new CertificateException("cannot read a certificate", e);
            }
        }

        @Override
        public Collection<? extends Certificate> engineGenerateCertificates(InputStream from)
                throws CertificateException {
            return List.of(engineGenerateCertificate(from));
        }

        @Override
        public CRL engineGenerateCRL(InputStream from) {
            throw new UnsupportedOperationException("nobody revokes certificates of peers");
        }

        @Override
        public Collection<? extends CRL> engineGenerateCRLs(InputStream from) {
            throw new UnsupportedOperationException("nobody revokes certificates of peers");
        }
    }
}
