package org.p2prmb.libp2p.identity;

import com.google.protobuf.ByteString;

import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.wire.PublicKeyProto;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.util.HexFormat;

/// An RSA identity of 8,676 bits that signs right: its factors are two primes of Mersenne, so that
/// no test waits until others are found.
public final class HugeRsa {
    private static final BigInteger P = BigInteger.TWO.pow(4253).subtract(BigInteger.ONE);
    private static final BigInteger Q = BigInteger.TWO.pow(4423).subtract(BigInteger.ONE);
    private static final BigInteger MODULUS = P.multiply(Q);
    private static final BigInteger EXPONENT = BigInteger.valueOf(65_537);

    /// PKCS #1 puts this in front of a SHA-256.
    private static final String HASH_HEADER = "003031300d060960864801650304020105000420";

    private HugeRsa() {}

    /// The protobuf form of the public key.
    public static Bytes publicKey() {
        try {
            var algorithm =
                    new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
            var info = new SubjectPublicKeyInfo(algorithm, new RSAPublicKey(MODULUS, EXPONENT));
            return Bytes.wrap(
                    PublicKeyProto.newBuilder()
                            .setType(PublicKey.protoOf(KeyType.RSA))
                            .setData(ByteString.copyFrom(info.getEncoded("DER")))
                            .build()
                            .toByteArray());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /// The multihash of the peer id.
    public static Bytes peerId() {
        return Bytes.hex("1220").concat(Bytes.wrap(Sha256.of(publicKey().toArray())));
    }

    public static Bytes sign(Bytes message) {
        var size = (MODULUS.bitLength() + 7) / 8;
        var hash = HexFormat.of().formatHex(Sha256.of(message.toArray()));
        var end = HASH_HEADER + hash;
        var padded = "01" + "ff".repeat(size - 2 - end.length() / 2) + end;
        var order = P.subtract(BigInteger.ONE).multiply(Q.subtract(BigInteger.ONE));
        var secret = EXPONENT.modInverse(order);
        var signature = new BigInteger(padded, 16).modPow(secret, MODULUS).toString(16);
        return Bytes.hex("0".repeat(2 * size - signature.length()) + signature);
    }

    /// That this is a signature, for those who take keys of any size.
    static boolean verifies(Bytes message, Bytes signature) {
        try {
            var spec = new RSAPublicKeySpec(MODULUS, EXPONENT);
            var engine = Signature.getInstance("SHA256withRSA");
            engine.initVerify(KeyFactory.getInstance("RSA").generatePublic(spec));
            engine.update(message.toArray());
            return engine.verify(signature.toArray());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
