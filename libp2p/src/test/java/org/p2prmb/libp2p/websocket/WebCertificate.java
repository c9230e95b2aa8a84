package org.p2prmb.libp2p.websocket;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.Der;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/// An ordinary certificate, signed by itself, for the name `localhost` and the address 127.0.0.1:
/// PEM files as an operator has them.
public record WebCertificate(Path chain, Path key) {
    private static final Bytes ECDSA_SHA256 = Bytes.hex("300a06082a8648ce3d040302");
    private static final Bytes VERSION_3 = Bytes.hex("a003020102");
    private static final Bytes NAME = Bytes.hex("3011310f300d060355040a0c066c6962703270");
    private static final Bytes SUBJECT_ALTERNATIVE_NAME = Bytes.hex("0603551d11");
    private static final int GENERALIZED_TIME = 0x18;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;
    private static final int EXTENSIONS = 0xa3;

    /// Writes its files into `directory`.
    public static WebCertificate create(Path directory) throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            var keys = generator.generateKeyPair();
            var signed = signed(Bytes.wrap(keys.getPublic().getEncoded()));
            var engine = Signature.getInstance("SHA256withECDSA");
            engine.initSign(keys.getPrivate());
            engine.update(signed.unsafeArray());
            var signature = Bytes.wrap(engine.sign());
            var certificate =
                    Der.encode(
                            Der.SEQUENCE,
                            signed,
                            ECDSA_SHA256,
                            Der.encode(Der.BIT_STRING, Bytes.hex("00"), signature));
            return new WebCertificate(
                    pem(directory.resolve("chain.pem"), "CERTIFICATE", certificate.toArray()),
                    pem(
                            directory.resolve("key.pem"),
                            "PRIVATE KEY",
                            keys.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static Bytes signed(Bytes subjectKey) {
        var names =
                Der.encode(
                        Der.SEQUENCE,
                        Der.encode(DNS_NAME, Bytes.utf8("localhost")),
                        Der.encode(IP_ADDRESS, Bytes.hex("7f000001")));
        var extension =
                Der.encode(
                        Der.SEQUENCE,
                        SUBJECT_ALTERNATIVE_NAME,
                        Der.encode(Der.OCTET_STRING, names));
        return Der.encode(
                Der.SEQUENCE,
                VERSION_3,
                Bytes.hex("020101"),
                ECDSA_SHA256,
                NAME,
                Der.encode(Der.SEQUENCE, time("20200101000000Z"), time("21200101000000Z")),
                NAME,
                subjectKey,
                Der.encode(EXTENSIONS, Der.encode(Der.SEQUENCE, extension)));
    }

    private static Bytes time(String text) {
        return Der.encode(GENERALIZED_TIME, Bytes.utf8(text));
    }

    private static Path pem(Path file, String label, byte[] content) throws IOException {
        var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(
                file, "-----BEGIN %s-----%n%s%n-----END %s-----%n".formatted(label, lines, label));
    }
}
