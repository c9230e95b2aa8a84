package org.p2prmb.libp2p.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.wire.KeyTypeProto;
import org.p2prmb.libp2p.wire.PublicKeyProto;

/// A peer's public key, parsed and checked once, ready to verify many signatures.
///
/// See [peer ids](https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md).
public final class PublicKey {
    /// The largest encoding that is looked at: an RSA key of 8192 bits.
    public static final int ENCODED_BYTES_MAX = RsaKeys.PUBLIC_BYTES_MAX + 8;

    private final KeyType type;
    private final Bytes raw;
    private final Bytes encoded;
    private final PeerId peerId;
    private final Verifier verifier;

    private PublicKey(KeyType type, Bytes raw, Verifier verifier) {
        this.type = type;
        this.raw = raw;
        this.encoded = encode(type, raw);
        this.peerId = PeerId.ofPublicKey(encoded);
        this.verifier = verifier;
    }

    /// Reads the protobuf form, which has exactly one encoding for each key.
    ///
    /// Throws [ProtocolException] for any other encoding of it, for a key that is not valid and
    /// for RSA keys outside 2048 to 8192 bits.
    public static PublicKey decode(Bytes encoded) throws ProtocolException {
        if (encoded.size() > ENCODED_BYTES_MAX) {
            throw new ProtocolException("public key of " + encoded.size() + " bytes");
        }
        PublicKeyProto proto;
        try {
            proto = PublicKeyProto.parseFrom(encoded.unsafeArray());
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("public key is not a protobuf", e);
        }
        var key = of(typeOf(proto.getType()), Bytes.wrap(proto.getData().toByteArray()));
        if (!key.encoded.equals(encoded)) {
            throw new ProtocolException("public key is not in its canonical form");
        }
        return key;
    }

    /// Wraps the 32 raw bytes of an Ed25519 key; throws `IllegalArgumentException` when they are
    /// none.
    public static PublicKey ed25519(Bytes raw32) {
        try {
            return of(KeyType.ED25519, raw32);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /// Checks and wraps the bytes of a key in its type's own form, see [#raw].
    static PublicKey of(KeyType type, Bytes raw) throws ProtocolException {
        var verifier =
                switch (type) {
                    case RSA -> RsaKeys.verifier(raw);
                    case ED25519 -> Ed25519Keys.verifier(raw);
                    case SECP256K1 -> Secp256k1Keys.verifier(raw);
                    case ECDSA -> EcdsaKeys.verifier(raw);
                };
        return new PublicKey(type, raw, verifier);
    }

    private static Bytes encode(KeyType type, Bytes raw) {
        ByteString data = UnsafeByteOperations.unsafeWrap(raw.unsafeArray());
        var proto = PublicKeyProto.newBuilder().setType(protoOf(type)).setData(data).build();
        return Bytes.wrap(proto.toByteArray());
    }

    static KeyTypeProto protoOf(KeyType type) {
        return switch (type) {
            case RSA -> KeyTypeProto.RSA;
            case ED25519 -> KeyTypeProto.Ed25519;
            case SECP256K1 -> KeyTypeProto.Secp256k1;
            case ECDSA -> KeyTypeProto.ECDSA;
        };
    }

    static KeyType typeOf(KeyTypeProto type) {
        return switch (type) {
            case RSA -> KeyType.RSA;
            case Ed25519 -> KeyType.ED25519;
            case Secp256k1 -> KeyType.SECP256K1;
            case ECDSA -> KeyType.ECDSA;
        };
    }

    public KeyType type() {
        return type;
    }

    /// The key in its type's own form: 32 bytes for Ed25519, a compressed point for secp256k1, a
    /// `SubjectPublicKeyInfo` in DER for RSA and ECDSA.
    public Bytes raw() {
        return raw;
    }

    /// The protobuf form: what travels, and what peer ids are made of.
    public Bytes encoded() {
        return encoded;
    }

    public PeerId peerId() {
        return peerId;
    }

    /// True when the holder of this key signed `message`; false for malformed signatures too.
    public boolean verify(Bytes message, Bytes signature) {
        return verifier.verify(message.unsafeArray(), signature.unsafeArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey key && encoded.equals(key.encoded);
    }

    @Override
    public int hashCode() {
        return encoded.hashCode();
    }

    @Override
    public String toString() {
        return "PublicKey[" + type + " of " + peerId + "]";
    }
}
