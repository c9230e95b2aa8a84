package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

import java.time.Duration;
import java.time.Instant;

/// A buyer looks for lots: what makes sellers open windows. What it would pay stands in its sealed
/// bids alone.
///
/// @param want what is bought
/// @param with what is paid with
/// @param lots of 1000 USD each
public record BuyRequest(
        PeerId buyer, Asset want, Asset with, int lots, Instant created, Instant validUntil)
        implements ExchangeStatement {
    public static final Duration VALID_MAX = Duration.ofDays(1);

    /// Throws `IllegalArgumentException` when a part is out of its bounds.
    public BuyRequest {
        Limits.require(!want.chain().equals(with.chain()), "a swap is between coins of two chains");
        Limits.require(
                lots >= 1 && lots <= Offer.LOTS_MAX,
                "a request is for 1 to %d lots".formatted(Offer.LOTS_MAX));
        Offer.requireTimes(created, validUntil, VALID_MAX, "a request");
    }

    @Override
    public PeerId author() {
        return buyer;
    }

    public Pair pair() {
        return Pair.of(want, with);
    }

    /// Whether the offer gives what is wanted for what is paid with.
    public boolean fits(Offer offer) {
        return offer.give().equals(want) && offer.want().equals(with);
    }

    public boolean isValid(Instant now) {
        return now.isBefore(validUntil);
    }
}
