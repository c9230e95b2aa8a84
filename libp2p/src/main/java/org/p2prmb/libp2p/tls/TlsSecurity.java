package org.p2prmb.libp2p.tls;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.secure.SecureChannel;
import org.p2prmb.libp2p.secure.Security;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/// The `/tls/1.0.0` security of one host: TLS 1.3 with a certificate on each side that its peer's
/// identity key vouches for.
///
/// The certificate lives as long as this object and is shared with no other. The muxer is agreed
/// on with ALPN. No session is resumed. See the
/// [specification](https://github.com/libp2p/specs/blob/master/tls/tls.md).
public final class TlsSecurity implements Security {
    public static final String PROTOCOL = "/tls/1.0.0";

    /// What ALPN agrees on when the muxer is to be negotiated afterwards.
    private static final String NO_MUXER = "libp2p";

    /// A lifetime of tickets beyond the seven days that TLS 1.3 allows: the engine sends none.
    private static final int NO_TICKETS = 604_800 + 1;

    private static final String[] VERSIONS = {"TLSv1.3"};
    private static final String[] CIPHER_SUITES = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };
    private static final String[] GROUPS = {"x25519", "secp256r1"};
    private static final String[] SIGNATURES = {
        "ecdsa_secp256r1_sha256",
        "ed25519",
        "ecdsa_secp384r1_sha384",
        "rsa_pss_rsae_sha256",
        "rsa_pss_rsae_sha384",
        "rsa_pss_rsae_sha512",
        "rsa_pkcs1_sha256",
        "rsa_pkcs1_sha384",
        "rsa_pkcs1_sha512"
    };

    private final SSLContext context;
    private final List<String> protocols;
    private final BufferPool pool;

    /// Offers `muxers` for negotiation inside the handshake; `clock` dates our certificate and
    /// judges those of others.
    public TlsSecurity(
            KeyPair identity,
            List<String> muxers,
            SecureRandom random,
            BufferPool pool,
            InstantSource clock) {
        this.protocols = Stream.concat(muxers.stream(), Stream.of(NO_MUXER)).toList();
        this.pool = pool;
        PeerCertificateProvider.install();
        var own = OwnCertificate.create(identity, random, clock.instant());
        try {
            this.context = SSLContext.getInstance("TLS");
            context.init(
                    new KeyManager[] {new OwnKey(own)},
                    new TrustManager[] {new PeerTrust(clock)},
                    random);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK lacks TLS", e);
        }
        context.getServerSessionContext().setSessionTimeout(NO_TICKETS);
    }

    @Override
    public String protocol() {
        return PROTOCOL;
    }

    @Override
    public Initiation initiate(PeerId expected) throws IOException {
        var engine = engine(true);
        return new Initiator(engine, TlsPipe.firstMessage(engine), expected);
    }

    private final class Initiator implements Initiation {
        private final SSLEngine engine;
        private final byte[] hello;
        private final PeerId expected;

        Initiator(SSLEngine engine, byte[] hello, PeerId expected) {
            this.engine = engine;
            this.hello = hello;
            this.expected = expected;
        }

        @Override
        public byte[] firstMessage() {
            return hello.clone();
        }

        @Override
        public SecureChannel finish(RawChannel channel, ChannelInput input) throws IOException {
            return open(engine, channel, input, expected);
        }
    }

    @Override
    public SecureChannel respond(RawChannel channel, ChannelInput input, @Nullable PeerId expected)
            throws IOException {
        return open(engine(false), channel, input, expected);
    }

    private SSLEngine engine(boolean dialer) {
        var engine = context.createSSLEngine();
        engine.setUseClientMode(dialer);
        var parameters = engine.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setCipherSuites(CIPHER_SUITES);
        parameters.setNamedGroups(GROUPS);
        parameters.setSignatureSchemes(SIGNATURES);
        parameters.setApplicationProtocols(protocols.toArray(String[]::new));
        if (!dialer) {
            parameters.setNeedClientAuth(true);
        }
        engine.setSSLParameters(parameters);
        if (!dialer) {
            // The order that counts is the dialer's.
            engine.setHandshakeApplicationProtocolSelector((_, offered) ->
                    offered.stream().filter(protocols::contains).findFirst().orElse(null));
        }
        return engine;
    }

    private SecureChannel open(
            SSLEngine engine, RawChannel channel, ChannelInput input, @Nullable PeerId expected)
            throws IOException {
        var pipe = new TlsPipe(engine, channel, input, pool);
        PeerCertificateProvider.reading(pipe::handshake);
        var remote = certificate(engine).identity();
        if (expected != null && !remote.peerId().equals(expected)) {
            throw new ProtocolException(
                    "tls: dialled %s and met %s".formatted(expected, remote.peerId()));
        }
        return new TlsChannel(pipe, channel, remote, muxer(engine));
    }

    /// The remote's certificate, which [PeerTrust] has verified.
    private static PeerCertificate certificate(SSLEngine engine) throws IOException {
        try {
            var chain = engine.getSession().getPeerCertificates();
            return PeerCertificate.decode(Bytes.wrap(chain[0].getEncoded()));
        } catch (CertificateEncodingException e) {
            throw new ProtocolException("tls: the remote's certificate has no encoding", e);
        }
    }

    private static Optional<String> muxer(SSLEngine engine) {
        return Optional.ofNullable(engine.getApplicationProtocol())
                .filter(agreed -> !agreed.isEmpty() && !agreed.equals(NO_MUXER));
    }
}
