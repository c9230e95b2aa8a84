package org.p2prmb.libp2p.tls;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.transport.BufferPool;
import org.p2prmb.libp2p.transport.ChannelInput;
import org.p2prmb.libp2p.transport.RawChannel;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// A peer that does TLS as the JDK does it, but for what it shows, and trusts everybody.
final class ForgedTls {
    private final SSLEngine engine;
    private final TlsPipe pipe;

    /// Shows `chain`, or nothing when it is empty; `change` is its way with TLS.
    ForgedTls(
            RawChannel channel,
            boolean dialer,
            Consumer<SSLParameters> change,
            OwnCertificate... chain) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(
                    chain.length == 0 ? null : new KeyManager[] {new Shown(chain)},
                    new TrustManager[] {new Everybody()},
                    new SecureRandom());
            engine = context.createSSLEngine();
            engine.setUseClientMode(dialer);
            var parameters = engine.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"libp2p"});
            change.accept(parameters);
            engine.setSSLParameters(parameters);
            var pool = new BufferPool();
            pipe = new TlsPipe(engine, channel, new ChannelInput(channel, pool), pool);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    TlsPipe handshake() throws java.io.IOException {
        PeerCertificateProvider.reading(pipe::handshake);
        return pipe;
    }

    SSLEngine engine() {
        return engine;
    }

    /// Delegates to [OwnKey] but for the chain.
    private static final class Shown extends X509ExtendedKeyManager {
        private final OwnCertificate[] chain;
        private final OwnKey first;

        Shown(OwnCertificate[] chain) {
            this.chain = chain;
            this.first = new OwnKey(chain[0]);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return java.util.Arrays.stream(chain)
                    .map(OwnCertificate::certificate)
                    .toArray(X509Certificate[]::new);
        }

        @Override
        public java.security.PrivateKey getPrivateKey(String alias) {
            return first.getPrivateKey(alias);
        }

        @Override
        public String chooseEngineClientAlias(
                String[] types, java.security.Principal @Nullable [] issuers, SSLEngine engine) {
            return "shown";
        }

        @Override
        public String chooseEngineServerAlias(
                String type, java.security.Principal @Nullable [] issuers, SSLEngine engine) {
            return "shown";
        }

        @Override
        public String chooseClientAlias(
                String[] types, java.security.Principal @Nullable [] issuers, java.net.Socket to) {
            return "shown";
        }

        @Override
        public String chooseServerAlias(
                String type, java.security.Principal @Nullable [] issuers, java.net.Socket to) {
            return "shown";
        }

        @Override
        public String[] getClientAliases(
                String type, java.security.Principal @Nullable [] issuers) {
            return new String[] {"shown"};
        }

        @Override
        public String[] getServerAliases(
                String type, java.security.Principal @Nullable [] issuers) {
            return new String[] {"shown"};
        }
    }

    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkServerTrusted(
                X509Certificate[] chain, String type, java.net.Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
