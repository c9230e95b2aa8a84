package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;

/// What a seller sells, in lots, and how it will choose among buyers.
///
/// @param give what is sold
/// @param want what is paid with
/// @param unitsPerLot of `give`
/// @param usdCents what the seller says that a lot is worth: it sizes lots and exposure
/// @param lots in all, whatever is sold by now
/// @param policy of its windows; its floor is the least price of a lot, in units of `want`
public record Offer(
        PeerId seller,
        Asset give,
        Asset want,
        BigInteger unitsPerLot,
        long usdCents,
        int lots,
        Policy policy,
        Instant created,
        Instant validUntil)
        implements ExchangeStatement {
    /// A lot is worth 1000 USD; of less where a seller deals with newcomers in slices.
    public static final long LOT_CENTS_MAX = 100_000;

    public static final int LOTS_MAX = WindowOpen.LOTS_MAX;
    public static final Duration VALID_MAX = Duration.ofDays(30);

    private static final int UNITS_BITS_MAX = 128;
    private static final String DOMAIN = "rmb/offer/1";

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public Offer {
        Limits.require(!give.chain().equals(want.chain()), "a swap is between coins of two chains");
        Limits.require(
                unitsPerLot.signum() > 0 && unitsPerLot.bitLength() <= UNITS_BITS_MAX,
                "a lot is a whole number of units from 1 to 2^128 - 1");
        Limits.require(
                usdCents >= 1 && usdCents <= LOT_CENTS_MAX, "a lot is worth 0.01 to 1000 USD");
        Limits.require(
                lots >= 1 && lots <= LOTS_MAX, "an offer has 1 to %d lots".formatted(LOTS_MAX));
        requireTimes(created, validUntil, VALID_MAX, "an offer");
    }

    static void requireTimes(Instant created, Instant validUntil, Duration max, String what) {
        Limits.millis(created, "the making of " + what);
        Limits.millis(validUntil, "the end of " + what);
        Limits.require(
                created.isBefore(validUntil) && !validUntil.isAfter(created.plus(max)),
                "%s is valid for up to %d h".formatted(what, max.toHours()));
    }

    @Override
    public PeerId author() {
        return seller;
    }

    public Pair pair() {
        return Pair.of(give, want);
    }

    public boolean isValid(Instant now) {
        return now.isBefore(validUntil);
    }

    /// The 32 bytes by which windows name the offer: SHA-256 over the [Canonical] list
    /// `"rmb/offer/1"`, seller's multihash, chain, coin, token and decimals of what is given and of
    /// what is wanted, units of a lot as [Price#encoded], its value in cents (8 bytes), lots,
    /// [Policy#hash], then 8 bytes each of the milliseconds since 1970 of making and end.
    public Bytes id() {
        var fields = Canonical.domain(DOMAIN).bytes(seller.multihash());
        return want.into(give.into(fields))
                .bytes(new Price(unitsPerLot).encoded())
                .longNumber(usdCents)
                .number(lots)
                .bytes(policy.hash())
                .longNumber(created.toEpochMilli())
                .longNumber(validUntil.toEpochMilli())
                .sha256();
    }
}
