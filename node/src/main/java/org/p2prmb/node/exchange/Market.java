package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.ExchangeResponse.Listed;
import org.p2prmb.protocols.swap.Asset;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// What others offer now: the sellers that a search finds are asked.
final class Market {
    private static final int SELLERS_MAX = 32;
    private static final int ASK_SECONDS = 10;

    private final Surroundings with;
    private final Telling telling;

    Market(Surroundings with) {
        this.with = with;
        telling = new Telling(with);
    }

    /// Offers of others that give this for that and are valid; waits for them, at most a search and
    /// 10 seconds.
    List<Listed> offers(Asset give, Asset want) throws InterruptedException {
        var sellers = sellers(give, want);
        var found = new ConcurrentLinkedQueue<Listed>(); // 32 of 32 sellers at most.
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

    private Set<PeerId> sellers(Asset give, Asset want) throws InterruptedException {
        var sellers = new LinkedHashSet<PeerId>();
        for (var peer : with.shopfront().find(Shelf.condition(give, want))) {
            if (sellers.size() < SELLERS_MAX && !peer.equals(with.host().peerId())) {
                sellers.add(peer);
            }
        }
        return sellers;
    }

    private List<Listed> offers(PeerId seller, Asset give, Asset want) {
        var now = with.chains().clock().instant();
        return telling.ask(seller, new ExchangeRequest.OffersAsked(give, want)).orElse(null)
                        instanceof ExchangeResponse.Offers(var offers)
                ? offers.stream().filter(one -> fits(one, seller, give, want, now)).toList()
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
