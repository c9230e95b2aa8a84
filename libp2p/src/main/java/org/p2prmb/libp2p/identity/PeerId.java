package org.p2prmb.libp2p.identity;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Multibase;
import org.p2prmb.libp2p.core.ProtocolException;

import java.util.Optional;

/// The name of a peer: a multihash of its public key, or for short keys the key itself.
///
/// See [peer ids](https://github.com/libp2p/specs/blob/master/peer-ids/peer-ids.md).
///
/// @param multihash `0x00`, length and at most 42 bytes of key, or `0x12 0x20` and a SHA-256
public record PeerId(Bytes multihash) implements Comparable<PeerId> {
    /// Longer keys are hashed.
    private static final int INLINED_BYTES_MAX = 42;

    private static final int HEADER_BYTES = 2;
    private static final byte IDENTITY = 0x00;
    private static final byte SHA2_256 = 0x12;
    private static final Bytes SHA2_256_HEADER = Bytes.hex("1220");

    /// The version of a CID, and the code that says that it names a libp2p key.
    private static final Bytes CID_HEADER = Bytes.hex("0172");

    private static final int TEXT_MAX = 128;
    private static final int SHORT_TEXT_LENGTH = 6;

    /// Throws `IllegalArgumentException` when `multihash` is none of a peer.
    public PeerId {
        if (!isPeerMultihash(multihash)) {
            throw new IllegalArgumentException("not the multihash of a peer id");
        }
    }

    private static boolean isPeerMultihash(Bytes multihash) {
        int body = multihash.size() - HEADER_BYTES;
        if (body < 1 || multihash.at(1) != body) {
            return false;
        }
        return switch (multihash.at(0)) {
            case IDENTITY -> body <= INLINED_BYTES_MAX;
            case SHA2_256 -> body == Sha256.BYTES;
            default -> false;
        };
    }

    /// Reads a multihash as it travels.
    public static PeerId decode(Bytes multihash) throws ProtocolException {
        if (!isPeerMultihash(multihash)) {
            throw new ProtocolException("not the multihash of a peer id");
        }
        return new PeerId(multihash);
    }

    static PeerId ofPublicKey(Bytes encoded) {
        if (encoded.size() > INLINED_BYTES_MAX) {
            var hash = Bytes.wrap(Sha256.of(encoded.unsafeArray()));
            return new PeerId(SHA2_256_HEADER.concat(hash));
        }
        var header = Bytes.wrap(new byte[] {IDENTITY, (byte) encoded.size()});
        return new PeerId(header.concat(encoded));
    }

    /// Reads a peer id in base58 (`12D3Koo…`, `16Uiu2…`, `Qm…`) or as a CID in any multibase.
    ///
    /// Throws `IllegalArgumentException`, whose message repeats the text, when it is none.
    public static PeerId parse(String text) {
        if (text.length() > TEXT_MAX) {
            throw new IllegalArgumentException(
                    "not a peer id: longer than " + TEXT_MAX + " characters");
        }
        try {
            if (text.startsWith("1") || text.startsWith("Qm")) {
                return new PeerId(Multibase.BASE58_BTC.decodeBare(text));
            }
            return ofCid(Multibase.decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not a peer id: " + text + ": " + e.getMessage(), e);
        }
    }

    private static PeerId ofCid(Bytes cid) {
        int header = CID_HEADER.size();
        if (cid.size() < header || !cid.slice(0, header).equals(CID_HEADER)) {
            throw new IllegalArgumentException("not a CID of version 1 that names a libp2p key");
        }
        return new PeerId(cid.slice(header, cid.size()));
    }

    /// The peer's public key, when it is short enough to stand in the id. Empty for hashed keys,
    /// and for ids that carry no valid key and so can be nobody's.
    public Optional<PublicKey> inlinedKey() {
        if (multihash.at(0) != IDENTITY) {
            return Optional.empty();
        }
        try {
            return Optional.of(PublicKey.decode(multihash.slice(HEADER_BYTES, multihash.size())));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }

    /// The id as a CID of version 1 in base32: `bafz…`.
    public String toCid() {
        return Multibase.BASE32.encode(CID_HEADER.concat(multihash));
    }

    /// The last 6 characters of the base58 form, for logs.
    public String shortText() {
        var text = toString();
        return text.substring(Math.max(0, text.length() - SHORT_TEXT_LENGTH));
    }

    /// The order of the multihashes as unsigned bytes.
    @Override
    public int compareTo(PeerId other) {
        return multihash.compareTo(other.multihash);
    }

    /// The base58 form.
    @Override
    public String toString() {
        return Multibase.BASE58_BTC.encodeBare(multihash);
    }
}
