package org.p2prmb.libp2p.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;

import java.time.Instant;

/// Fuzz target of the reader of certificates; the default build replays the seeds beside it.
final class CertificateFuzzTest {
    private static final Instant NOW = Instant.parse("2026-07-01T12:00:00Z");

    @FuzzTest(maxDuration = "1m")
    void certificate(byte[] data) {
        try {
            var certificate = PeerCertificate.decode(Bytes.copyOf(data));
            assertThat(certificate.encoded()).isEqualTo(Bytes.wrap(data));
            certificate.verify(NOW);
            // Whoever passes has signed its key and is vouched for.
            var signed = PeerCertificate.PREFIX.concat(certificate.subjectKey().encoded());
            assertThat(certificate.identity().verify(signed, certificate.identitySignature()))
                    .isTrue();
        } catch (ProtocolException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
