package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowOpen;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Offers of others, asked for once.
///
/// Safe for many threads.
final class OfferCache {
    private static final int OFFERS_MAX = 1_024;

    private final Telling telling;
    private final Map<Bytes, Signed<Offer>> known = new LinkedHashMap<>();

    OfferCache(Telling telling) {
        this.telling = telling;
    }

    /// The offer that a window is of; empty when its seller does not show it, or when the window
    /// is on other terms. Waits for the seller.
    Optional<Signed<Offer>> of(WindowOpen window) {
        Signed<Offer> offer;
        synchronized (this) {
            offer = known.get(window.offer());
        }
        if (offer == null) {
            var asked = new ExchangeRequest.OfferAsked(window.offer());
            if (!(telling.ask(window.seller(), asked).orElse(null)
                            instanceof ExchangeResponse.Offers(var offers))
                    || offers.size() != 1) {
                return Optional.empty();
            }
            offer = offers.getFirst().offer();
            if (!offer.statement().id().equals(window.offer())) {
                return Optional.empty();
            }
            keep(offer);
        }
        return Optional.of(offer).filter(found -> fits(found.statement(), window));
    }

    private static boolean fits(Offer offer, WindowOpen window) {
        return offer.seller().equals(window.seller())
                && offer.policy().equals(window.policy())
                && offer.lots() >= window.lots()
                && window.opensAt().isBefore(offer.validUntil())
                && (window.chain().equals(offer.give().chain())
                        || window.chain().equals(offer.want().chain()));
    }

    private synchronized void keep(Signed<Offer> offer) {
        known.put(offer.statement().id(), offer);
        if (known.size() > OFFERS_MAX) {
            known.remove(known.keySet().iterator().next());
        }
    }
}
