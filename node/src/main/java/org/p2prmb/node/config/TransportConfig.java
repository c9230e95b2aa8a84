package org.p2prmb.node.config;

import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.SecurityKind;
import org.p2prmb.libp2p.websocket.WebTls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How connections are encrypted, and the ordinary certificates of `/tls/ws`.
///
/// @param securities the preferred one first; a connection comes about when the other side speaks
///     one of them
/// @param certificate PEM file of the chain that a listener on `/tls/ws` shows, its own first
/// @param key PEM file of its private key, in PKCS#8
/// @param trusted PEM file of the authorities whose certificates we believe when we dial
///     `/tls/ws`; those of the JDK when empty
public record TransportConfig(
        List<SecurityKind> securities,
        Optional<Path> certificate,
        Optional<Path> key,
        Optional<Path> trusted) {
    /// Throws [UserException] when it names no security.
    public TransportConfig {
        securities = List.copyOf(securities);
        if (securities.isEmpty()) {
            throw new UserException("security names none: write noise, tls, or both");
        }
    }

    public static TransportConfig defaults() {
        return new TransportConfig(
                List.of(SecurityKind.NOISE, SecurityKind.TLS),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public TransportConfig withSecurities(List<SecurityKind> changed) {
        return new TransportConfig(changed, certificate, key, trusted);
    }

    public TransportConfig withCertificate(Optional<Path> changed) {
        return new TransportConfig(securities, changed, key, trusted);
    }

    public TransportConfig withKey(Optional<Path> changed) {
        return new TransportConfig(securities, certificate, changed, trusted);
    }

    public TransportConfig withTrusted(Optional<Path> changed) {
        return new TransportConfig(securities, certificate, key, changed);
    }

    /// `host` with these. Throws [UserException] with the file and the reason when one cannot be
    /// used.
    public HostConfig applyTo(HostConfig host) {
        if (certificate.isPresent() != key.isPresent()) {
            throw new UserException(
                    "websocket.certificate and websocket.key belong together: set both or none");
        }
        try {
            return host.withSecurities(securities).withWebTls(webTls());
        } catch (IOException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    private WebTls webTls() throws IOException {
        var tls = WebTls.defaults();
        if (certificate.isPresent() && key.isPresent()) {
            tls = tls.withCertificate(certificate.get(), key.get());
        }
        return trusted.isPresent() ? tls.withTrusted(trusted.get()) : tls;
    }
}
