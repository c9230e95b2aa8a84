package org.p2prmb.node.exchange;

import org.p2prmb.node.exchange.Purchase.Attempt;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.LongStream;

/// What we bid in a window: the owner's highest price, for as many lots as the order, our funds,
/// our trust in the seller and the owner's limits allow.
final class Bidder {
    private static final Logger log = LoggerFactory.getLogger(Bidder.class);

    private final Surroundings with;
    private final Prudence prudence;
    private final Purchases purchases;

    Bidder(Surroundings with, Prudence prudence, Purchases purchases) {
        this.with = with;
        this.prudence = prudence;
        this.purchases = purchases;
    }

    /// The bid for the first purchase that wants this; empty when none does, or there is a bid
    /// already. Waits for nodes.
    Optional<Attempt> bid(Signed<WindowOpen> open, Offer offer, Instant now) {
        var seller = offer.seller();
        var score = with.opinions().of(seller).score();
        try {
            long trusted = prudence.trusted(seller, offer.usdCents());
            long centsLeft = prudence.centsLeft();
            var room = prudence.room(offer.give());
            var free = with.settlement().free(offer.want());
            return purchases.bid(
                    open,
                    purchase -> {
                        var order = purchase.order();
                        if (!purchase.isOpen(now)
                                || !order.request().fits(offer)
                                || score < order.minReputation()) {
                            return Optional.empty();
                        }
                        var price = order.maxPrice().atMost(offer.unitsPerLot());
                        if (price.compareTo(offer.policy().floor().units()) < 0) {
                            return Optional.empty();
                        }
                        long lots =
                                least(
                                        open.statement().lots(),
                                        purchase.centsLeft() / offer.usdCents(),
                                        Prudence.lots(purchase.unitsLeft(), price),
                                        Prudence.lots(
                                                free.subtract(purchases.pendingCost(offer.want())),
                                                price),
                                        Prudence.fitting(
                                                room,
                                                purchases.pendingGain(offer.give()),
                                                offer.unitsPerLot()),
                                        (centsLeft - purchases.pendingCents()) / offer.usdCents(),
                                        trusted - purchases.pendingLots(offer));
                        return lots < 1
                                ? Optional.empty()
                                : Optional.of(
                                        Attempt.of(open, offer, new Price(price), (int) lots));
                    });
        } catch (LedgerException e) {
            log.warn("no bid, for a chain cannot be used: {}", e.getMessage());
            return Optional.empty();
        }
    }

    private static long least(long... numbers) {
        return LongStream.of(numbers).min().orElseThrow();
    }
}
