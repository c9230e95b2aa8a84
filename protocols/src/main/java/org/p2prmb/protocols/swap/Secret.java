package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// What redeems both locks of a swap: 32 bytes, whose SHA-256 is the hash in the terms.
///
/// @param value exactly 32 bytes: a chain that took others would let one side redeem what the other
///     cannot (R2)
public record Secret(Bytes value) {
    public static final int BYTES = 32;

    /// A hash that anybody can redeem (R3).
    private static final Bytes OF_ZEROS = new Secret(Bytes.wrap(new byte[BYTES])).hash();

    public Secret {
        Limits.require(value.size() == BYTES, "a secret has 32 bytes");
    }

    public Bytes hash() {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-256").digest(value.unsafeArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public boolean opens(Bytes hash) {
        return hash().equals(hash);
    }

    /// Whether a swap may hang on this hash.
    static boolean isFit(Bytes hash) {
        return hash.size() == BYTES && !hash.equals(OF_ZEROS) && !isZero(hash);
    }

    private static boolean isZero(Bytes hash) {
        return hash.equals(Bytes.wrap(new byte[BYTES]));
    }

    @Override
    public String toString() {
        return "secret of " + hash().slice(0, 4).toHex(); // Never into a log.
    }
}
