package org.p2prmb.node.config;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.PublicKey;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/// The text forms of a public key: the peer id that holds it (Ed25519, Secp256k1), or the base64 or
/// hexadecimal digits of its protobuf.
public final class OwnerKey {
    private static final int LENGTH_MAX = 4096;
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2})+");

    private OwnerKey() {}

    /// What we print: the peer id, which anyone can turn back into the key.
    public static String format(PublicKey key) {
        var peer = key.peerId();
        return peer.inlinedKey().isPresent()
                ? peer.toString()
                : Base64.getEncoder().encodeToString(key.encoded().unsafeArray());
    }

    /// Throws [UserException] when `text` is none of the forms.
    public static PublicKey parse(String text) {
        if (text.length() > LENGTH_MAX) {
            throw new UserException("a public key has at most %d characters".formatted(LENGTH_MAX));
        }
        return fromPeerId(text)
                .or(() -> fromHex(text))
                .or(() -> fromBase64(text))
                .orElseThrow(() ->
                        new UserException(
                                ("'%s' is not a public key: give a peer id (12D3Koo...),"
                                                + " or the key's protobuf in base64 or"
                                                + " hexadecimal")
                                        .formatted(Printed.brief(text))));
    }

    private static Optional<PublicKey> fromPeerId(String text) {
        try {
            return PeerId.parse(text).inlinedKey();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<PublicKey> fromHex(String text) {
        return HEX.matcher(text).matches() ? decode(Bytes.hex(text)) : Optional.empty();
    }

    private static Optional<PublicKey> fromBase64(String text) {
        try {
            return decode(Bytes.wrap(Base64.getDecoder().decode(text)));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<PublicKey> decode(Bytes protobuf) {
        try {
            return Optional.of(PublicKey.decode(protobuf));
        } catch (ProtocolException _) {
            return Optional.empty();
        }
    }
}
