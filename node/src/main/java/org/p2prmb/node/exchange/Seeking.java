package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.Signed;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Tells others what we want to buy: the pair's topic, and the sellers that searches find, until
/// the purchase is over. Also asks for results that nobody told us of.
final class Seeking {
    private static final Duration TELL_EVERY = Duration.ofSeconds(15);
    private static final Duration SEARCH_EVERY = Duration.ofMinutes(1);
    private static final Duration RESULT_EVERY = Duration.ofSeconds(5);

    /// Sellers that are told straight.
    private static final int SELLERS_MAX = 16;

    private final Surroundings with;
    private final Purchases purchases;
    private final Topics topics;
    private final Buying buying;
    private final Telling telling;

    // Guarded by this.
    private final Map<String, Set<PeerId>> sellers = new HashMap<>(); // By purchase.
    private Instant nextResults = Instant.MIN;

    Seeking(Surroundings with, Purchases purchases, Topics topics, Buying buying) {
        this.with = with;
        this.purchases = purchases;
        this.topics = topics;
        this.buying = buying;
        telling = new Telling(with);
    }

    /// Does what is due.
    void sweep(Instant now) {
        purchases.each(purchase -> {
            if (!purchase.isOpen(now)) {
                forget(purchase.id());
                return;
            }
            if (purchase.request().isEmpty()) {
                var wanted = purchase.order().request();
                purchase.requested(Form.REQUEST.seal(wanted, with.host().keys()));
            }
            var signed = purchase.request().orElseThrow();
            var id = purchase.id();
            if (purchase.isTellDue(now, now.plus(TELL_EVERY))) {
                with.errands().start(() -> tell(id, signed));
            }
            if (purchase.isSearchDue(now, now.plus(SEARCH_EVERY))) {
                with.errands().start(() -> search(id, signed));
            }
        });
        if (!now.isBefore(nextResults)) {
            nextResults = now.plus(RESULT_EVERY);
            purchases.in(State.COMMITTED).stream()
                    .filter(attempt ->
                            now.isAfter(attempt.open().statement().revealBy().plus(RESULT_EVERY)))
                    .forEach(attempt -> with.errands().start(() -> buying.askResult(attempt)));
        }
    }

    private synchronized void forget(String id) {
        sellers.remove(id);
    }

    private void tell(String id, Signed<BuyRequest> request) throws InterruptedException {
        topics.tell(request.statement().pair(), new News.Wanted(request));
        for (var seller : known(id)) {
            with.errands().start(() -> ask(seller, request));
        }
    }

    private synchronized List<PeerId> known(String id) {
        return List.copyOf(sellers.getOrDefault(id, Set.of()));
    }

    private void search(String id, Signed<BuyRequest> request) throws InterruptedException {
        var wanted = request.statement();
        var found = with.shopfront().find(Shelf.condition(wanted.want(), wanted.with()));
        for (var one : found) {
            var seller = one.peer();
            if (!seller.equals(with.host().peerId()) && isNew(id, seller)) {
                with.errands().start(() -> ask(seller, request));
            }
        }
    }

    private synchronized boolean isNew(String id, PeerId seller) {
        var known = sellers.computeIfAbsent(id, _ -> new HashSet<>());
        return known.size() < SELLERS_MAX && known.add(seller);
    }

    private void ask(PeerId seller, Signed<BuyRequest> request) {
        if (telling.ask(seller, new ExchangeRequest.Wanted(request)).orElse(null)
                instanceof ExchangeResponse.Windows(var windows)) {
            windows.stream()
                    .filter(open -> open.statement().seller().equals(seller))
                    .forEach(buying::opened);
        }
    }
}
