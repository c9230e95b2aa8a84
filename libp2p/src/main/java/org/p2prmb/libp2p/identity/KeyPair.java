package org.p2prmb.libp2p.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.wire.PrivateKeyProto;

import java.security.SecureRandom;

/// A peer's own identity: the secret that signs, and the public key that belongs to it.
public final class KeyPair {
    private static final int ENCODED_BYTES_MAX = 8 * 1024;

    private final PublicKey publicKey;
    private final PrivateKey secret;

    private KeyPair(PublicKey publicKey, PrivateKey secret) {
        this.publicKey = publicKey;
        this.secret = secret;
    }

    /// A new Ed25519 identity.
    public static KeyPair generate(SecureRandom random) {
        var seed = new byte[Ed25519Keys.SEED_BYTES];
        random.nextBytes(seed);
        return ed25519(Bytes.wrap(seed));
    }

    /// The Ed25519 identity that follows from a seed of 32 bytes.
    public static KeyPair ed25519(Bytes seed32) {
        var secret = Ed25519Keys.fromSeed(seed32);
        return new KeyPair(PublicKey.ed25519(secret.publicRaw()), secret);
    }

    /// Reads the protobuf form of a private key of any type, as the other stacks store it.
    ///
    /// Throws [ProtocolException] when it is malformed or its public half is not its own.
    public static KeyPair decode(Bytes privateKeyProtobuf) throws ProtocolException {
        if (privateKeyProtobuf.size() > ENCODED_BYTES_MAX) {
            throw new ProtocolException("private key of " + privateKeyProtobuf.size() + " bytes");
        }
        PrivateKeyProto proto;
        try {
            proto = PrivateKeyProto.parseFrom(privateKeyProtobuf.unsafeArray());
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("private key is not a protobuf", e);
        }
        var type = PublicKey.typeOf(proto.getType());
        var raw = Bytes.wrap(proto.getData().toByteArray());
        var secret =
                switch (type) {
                    case RSA -> RsaKeys.decode(raw);
                    case ED25519 -> Ed25519Keys.decode(raw);
                    case SECP256K1 -> Secp256k1Keys.decode(raw);
                    case ECDSA -> EcdsaKeys.decode(raw);
                };
        return new KeyPair(PublicKey.of(type, secret.publicRaw()), secret);
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    public PeerId peerId() {
        return publicKey.peerId();
    }

    public Bytes sign(Bytes message) {
        return Bytes.wrap(secret.signer().sign(message.unsafeArray()));
    }

    /// The protobuf form of the private key: the secret itself.
    public Bytes encoded() {
        var data = UnsafeByteOperations.unsafeWrap(secret.raw().unsafeArray());
        var proto =
                PrivateKeyProto.newBuilder()
                        .setType(PublicKey.protoOf(publicKey.type()))
                        .setData(data)
                        .build();
        return Bytes.wrap(proto.toByteArray());
    }

    /// Names the peer and never shows the secret.
    @Override
    public String toString() {
        return "KeyPair[" + publicKey.type() + " of " + peerId() + "]";
    }
}
