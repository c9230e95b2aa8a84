package org.p2prmb.libp2p.websocket;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/// The ordinary certificates of `/tls/ws`: the one that we show, and those whose issuers we trust.
public final class WebTls {
    /// Nothing older: there a remote may ask for one handshake after the other on one connection.
    private static final String[] VERSIONS = {"TLSv1.3"};

    private final @Nullable SSLContext listening;

    /// The JDK's when null: reading its trusted certificates costs time, and most hosts never do.
    private final @Nullable SSLContext dialing;

    private WebTls(@Nullable SSLContext listening, @Nullable SSLContext dialing) {
        this.listening = listening;
        this.dialing = dialing;
    }

    /// Trusts whom the JDK trusts, and has no certificate: `/tls/ws` can be dialled only.
    public static WebTls defaults() {
        return new WebTls(null, null);
    }

    /// With the certificate chain of the PEM file `chain`, the server's own first, whose key is in
    /// `key`. Throws with the file and the reason.
    public WebTls withCertificate(Path chain, Path key) throws IOException {
        return new WebTls(PemFiles.shown(chain, key), dialing);
    }

    /// Trusts the certificates of the PEM file `authorities` instead of those of the JDK. Throws
    /// with the file and the reason.
    public WebTls withTrusted(Path authorities) throws IOException {
        return new WebTls(listening, PemFiles.trusted(authorities));
    }

    void requireCertificate(Multiaddr address) throws IOException {
        if (listening == null) {
            throw new IOException("cannot listen on %s: no certificate".formatted(address));
        }
    }

    SSLEngine listening() {
        var context = listening;
        if (context == null) {
            throw new IllegalStateException("a listener without a certificate");
        }
        var engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(VERSIONS);
        return engine;
    }

    /// Verifies that the certificate is for the name or the IP address that is dialled.
    SSLEngine dialing(WebSocketAddress target) {
        var context = dialing == null ? trustOfTheJdk() : dialing;
        var engine = context.createSSLEngine(target.host(), target.port());
        engine.setUseClientMode(true);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLContext trustOfTheJdk() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK lacks TLS", e);
        }
    }
}
