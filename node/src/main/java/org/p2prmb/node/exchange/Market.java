package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.exchange.Surroundings.Seller;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.ExchangeResponse.Listed;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.swap.Asset;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What others offer now: the sellers that a search finds are asked.
final class Market {
    private static final int SELLERS_MAX = 32;
    private static final int ASK_SECONDS = 10;

    private final Surroundings with;
    private final Telling telling;

    /// An offer that was found.
    ///
    /// @param denied of the lots that its seller's windows sold, how many per cent it says it kept
    record Found(Listed listed, Optional<Integer> denied) {
        Offer offer() {
            return listed.offer().statement();
        }
    }

    Market(Surroundings with) {
        this.with = with;
        telling = new Telling(with);
    }

    /// Offers of others that give this for that and are valid; waits for them, at most a search and
    /// 10 seconds.
    List<Found> offers(Asset give, Asset want) throws InterruptedException {
        var sellers = sellers(give, want);
        var found = new ConcurrentLinkedQueue<Found>(); // 32 of 32 sellers at most.
        var asked = new CountDownLatch(sellers.size());
        for (var seller : sellers) {
            var started =
                    with.errands()
                            .start(() -> {
                                try {
                                    found.addAll(offers(seller, give, want));
                                } finally {
                                    asked.countDown();
                                }
                            });
            if (!started) {
                asked.countDown();
            }
        }
        var _ = asked.await(ASK_SECONDS, TimeUnit.SECONDS);
        return List.copyOf(found);
    }

    private Collection<Seller> sellers(Asset give, Asset want) throws InterruptedException {
        var sellers = new LinkedHashMap<PeerId, Seller>();
        for (var seller : with.shopfront().find(Shelf.condition(give, want))) {
            if (sellers.size() < SELLERS_MAX && !seller.peer().equals(with.host().peerId())) {
                sellers.putIfAbsent(seller.peer(), seller);
            }
        }
        return sellers.values();
    }

    private List<Found> offers(Seller seller, Asset give, Asset want) {
        var now = with.chains().clock().instant();
        var peer = seller.peer();
        var denied = Shelf.denied(seller.says(), give, want);
        return telling.ask(peer, new ExchangeRequest.OffersAsked(give, want)).orElse(null)
                        instanceof ExchangeResponse.Offers(var offers)
                ? offers.stream()
                        .filter(one -> fits(one, peer, give, want, now))
                        .map(one -> new Found(one, denied))
                        .toList()
                : List.of();
    }

    private static boolean fits(Listed one, PeerId seller, Asset give, Asset want, Instant now) {
        var offer = one.offer().statement();
        return offer.seller().equals(seller)
                && offer.give().equals(give)
                && offer.want().equals(want)
                && offer.isValid(now);
    }
}
