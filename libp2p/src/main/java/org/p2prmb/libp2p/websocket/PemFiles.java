package org.p2prmb.libp2p.websocket;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// TLS contexts from PEM files, as authorities and their tools hand them out.
final class PemFiles {
    private static final int BYTES_MAX = 1 << 20;
    private static final char[] NO_PASSWORD = new char[0];
    private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "Ed25519");
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private PemFiles() {}

    static SSLContext shown(Path chain, Path key) throws IOException {
        var certificates = certificates(chain);
        var secret = privateKey(key);
        try {
            var store = emptyStore();
            store.setKeyEntry("own", secret, NO_PASSWORD, certificates.toArray(Certificate[]::new));
            var managers = KeyManagerFactory.getInstance("PKIX");
            managers.init(store, NO_PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use %s: %s".formatted(chain, e.getMessage()), e);
        }
    }

    static SSLContext trusted(Path authorities) throws IOException {
        var certificates = certificates(authorities);
        try {
            var store = emptyStore();
            for (var i = 0; i < certificates.size(); i++) {
                store.setCertificateEntry("authority" + i, certificates.get(i));
            }
            var managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use %s: %s".formatted(authorities, e.getMessage()), e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) throws IOException {
        var bytes = read(file);
        try {
            var factory = CertificateFactory.getInstance("X.509");
            var found = factory.generateCertificates(new ByteArrayInputStream(bytes));
            if (found.isEmpty()) {
                throw new IOException("%s holds no certificate".formatted(file));
            }
            return List.copyOf(found);
        } catch (CertificateException e) {
            throw new IOException("%s holds no certificates in PEM".formatted(file), e);
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        var text = new String(read(file), StandardCharsets.ISO_8859_1);
        var found = PKCS8.matcher(text);
        if (!found.find()) {
            throw new IOException(
                    ("%s holds no private key in PKCS#8, which begins with \"BEGIN PRIVATE KEY\":"
                                    + " openssl pkcs8 -topk8 -nodes makes one")
                            .formatted(file));
        }
        try {
            var encoded = Base64.getMimeDecoder().decode(found.group(1));
            return privateKey(new PKCS8EncodedKeySpec(encoded));
        } catch (IllegalArgumentException | GeneralSecurityException e) {
            throw new IOException("%s holds a private key of no known kind".formatted(file), e);
        }
    }

    private static PrivateKey privateKey(PKCS8EncodedKeySpec encoded)
            throws GeneralSecurityException {
        for (var algorithm : KEY_ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException _) {
                // Of another kind.
            }
        }
        throw new InvalidKeySpecException("none of " + KEY_ALGORITHMS);
    }

    private static byte[] read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("%s: no such file".formatted(file));
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException("%s is too large for PEM".formatted(file));
        }
        return Files.readAllBytes(file);
    }
}
