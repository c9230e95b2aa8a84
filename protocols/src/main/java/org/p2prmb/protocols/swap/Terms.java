package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// All that two parties agree on. The seller locks leg A first and knows the secret; the buyer
/// locks leg B.
///
/// @param window 32 bytes that name the window in which the lot was sold
/// @param a the seller's leg, redeemed by the buyer
/// @param b the buyer's leg, redeemed by the seller
/// @param hash SHA-256 of the secret
/// @param usdCents what both say that it is worth: it sizes lots and exposure, nothing else
/// @param validUntil when the seller's word ends, unless the buyer has signed by then
public record Terms(
        Bytes window,
        PeerId seller,
        PeerId buyer,
        Leg a,
        Leg b,
        Bytes hash,
        Deadlines deadlines,
        long usdCents,
        Instant created,
        Instant validUntil) {
    public static final int ID_BYTES = 32;
    public static final long USD_CENTS_MAX = 1_000_000_000_000L;

    private static final String DOMAIN = "rmb/contract/1";

    public Terms {
        Limits.require(window.size() == ID_BYTES, "a window's name has 32 bytes");
        Limits.require(!seller.equals(buyer), "nobody swaps with himself");
        Limits.require(
                !a.asset().chain().equals(b.asset().chain()), "a swap is between two chains");
        Limits.require(Secret.isFit(hash), "no hash for a swap");
        Limits.require(
                a.refundAt().equals(deadlines.refundA())
                        && b.refundAt().equals(deadlines.refundB()),
                "the locks end with the deadlines");
        Limits.require(usdCents > 0 && usdCents <= USD_CENTS_MAX, "a value in USD is positive");
        Limits.require(
                isWholeSecond(created)
                        && isWholeSecond(validUntil)
                        && validUntil.isAfter(created)
                        && validUntil.isBefore(deadlines.lockABy()),
                "an offer ends before its first deadline, at a whole second");
    }

    private static boolean isWholeSecond(Instant time) {
        return time.equals(time.truncatedTo(ChronoUnit.SECONDS));
    }

    /// The contract's id: SHA-256 over the [Canonical] list `"rmb/contract/1"`, window, multihashes
    /// of seller and buyer, both legs, hash, the first four deadlines, value in USD, times of
    /// making and of ending. Both sides build it themselves (decision 1).
    public Bytes id() {
        var fields =
                Canonical.domain(DOMAIN)
                        .bytes(window)
                        .bytes(seller.multihash())
                        .bytes(buyer.multihash());
        return deadlines
                .into(b.into(a.into(fields)).bytes(hash))
                .longNumber(usdCents)
                .longNumber(created.getEpochSecond())
                .longNumber(validUntil.getEpochSecond())
                .sha256();
    }
}
