package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;

import java.util.List;

/// A transaction as it is sent, each time the same bytes.
///
/// @param id by which the chain knows it
/// @param bytes as they go to a node
/// @param fee what it costs at most, in units of the chain's own coin
public record SignedTx(Bytes id, Bytes bytes, long fee) {
    /// Larger ones no side of a swap needs.
    public static final int BYTES_MAX = 16 * 1024;

    /// Variants of one transaction with growing fees.
    public static final int VARIANTS_MAX = 16;

    private static final int ID_BYTES_MAX = 64;

    public SignedTx {
        Limits.require(id.size() > 0 && id.size() <= ID_BYTES_MAX, "a transaction has an id");
        Limits.require(bytes.size() > 0 && bytes.size() <= BYTES_MAX, "a transaction is too large");
        Limits.require(fee >= 0, "a fee is not negative");
    }

    /// Checks a ladder: the same transaction with growing fees.
    static List<SignedTx> ladder(List<SignedTx> variants) {
        Limits.count(variants, VARIANTS_MAX, "variants of a transaction");
        for (int next = 1; next < variants.size(); next++) {
            Limits.require(
                    variants.get(next).fee() > variants.get(next - 1).fee(),
                    "the fees of a ladder grow");
        }
        return List.copyOf(variants);
    }

    @Override
    public String toString() {
        return id.toHex();
    }
}
