package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.exchange.Purchase.Attempt;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.node.swap.Settlement.Parties;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.Refusal;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Swap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Claims what we won: names our parties to the seller until it has made the contract, which the
/// swaps expect from then on.
final class Winnings {
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(Winnings.class);

    private final Surroundings with;
    private final Purchases purchases;
    private final Telling telling;

    // Guarded by this; by window.
    private final Map<Bytes, Claim> claims = new HashMap<>();
    private final Set<Bytes> working = new HashSet<>();

    private record Claim(Parties parties, Instant until, Instant nextTry) {}

    Winnings(Surroundings with, Purchases purchases) {
        this.with = with;
        this.purchases = purchases;
        telling = new Telling(with);
    }

    private Instant now() {
        return with.chains().clock().instant();
    }

    /// Claims what is due, and looks for contracts that have come.
    void sweep(Instant now) {
        for (var attempt : purchases.in(State.WON)) {
            if (begin(attempt.window(), now) && !with.errands().start(() -> work(attempt))) {
                end(attempt.window());
            }
        }
        var contracted =
                purchases.in(State.CONTRACTED).stream()
                        .filter(attempt -> attempt.swap().size() == 0)
                        .toList();
        if (!contracted.isEmpty() && begin(Bytes.EMPTY, now)) {
            var _ =
                    with.errands()
                            .start(() -> {
                                try {
                                    find(contracted);
                                } finally {
                                    end(Bytes.EMPTY);
                                }
                            });
        }
    }

    private synchronized boolean begin(Bytes window, Instant now) {
        var claim = claims.get(window);
        return (claim == null || !now.isBefore(claim.nextTry)) && working.add(window);
    }

    private synchronized void end(Bytes window) {
        working.remove(window);
    }

    private void work(Attempt attempt) {
        try {
            claim(attempt);
        } catch (LedgerException | IllegalArgumentException e) {
            log.info("what we won waits: {}", e.getMessage());
        } finally {
            end(attempt.window());
        }
    }

    private void claim(Attempt attempt) throws LedgerException {
        var claim = claimOf(attempt);
        if (now().isAfter(claim.until)) {
            give(attempt, "the seller made no contract in time");
            return;
        }
        var parties = claim.parties;
        var asked =
                new ExchangeRequest.Claimed(
                        attempt.window(), parties.redeemTo(), parties.refundTo());
        switch (telling.ask(attempt.seller(), asked).orElse(null)) {
            case ExchangeResponse.Done() ->
                    purchases.update(
                            attempt.window(), won -> won.with(State.CONTRACTED, won.lots(), ""));
            case ExchangeResponse.Refused(var why, _) when why == Refusal.NOT_WON ->
                    give(attempt, "the seller does not know of it any more");
            case ExchangeResponse.Refused refused ->
                    purchases.update(
                            attempt.window(),
                            won -> won.with(State.WON, won.lots(), refused.toString()));
            case null, default -> {} // It is asked again.
        }
    }

    private Claim claimOf(Attempt attempt) throws LedgerException {
        var window = attempt.window();
        Claim known;
        synchronized (this) {
            known = claims.get(window);
        }
        var now = now();
        var next = now.plus(RETRY);
        Claim claim;
        if (known == null) {
            var offer = attempt.offer();
            var parties = with.settlement().parties(offer.give(), offer.want());
            var until = now.plus(Claims.TIME);
            var sold = Sale.sold(window, offer, attempt.price(), attempt.lots(), parties.index());
            // Before the seller can know what it needs: its contract must not come too early.
            with.settlement().expect(sold, attempt.seller(), until);
            claim = new Claim(parties, until, next);
        } else {
            claim = new Claim(known.parties, known.until, next);
        }
        synchronized (this) {
            claims.put(window, claim);
        }
        return claim;
    }

    /// Its lots are looked for elsewhere, unless a contract was signed a moment ago.
    private void give(Attempt attempt, String why) throws LedgerException {
        with.settlement().forgo(attempt.window(), attempt.seller());
        if (!find(attempt, with.settlement().swaps())) {
            purchases.update(attempt.window(), won -> won.with(State.UNCLAIMED, 0, why));
            forget(attempt);
        }
    }

    private synchronized void forget(Attempt attempt) {
        claims.remove(attempt.window());
    }

    /// A contract that was refused and is over, or has not come in its time, will not be signed any
    /// more.
    private void find(Collection<Attempt> contracted) {
        try {
            var asked = now();
            var swaps = with.settlement().swaps();
            for (var attempt : contracted) {
                if (!find(attempt, swaps)) {
                    var why =
                            isLate(attempt, asked)
                                    ? Optional.of("no contract came that could be signed")
                                    : with.settlement().refusal(attempt.window(), attempt.seller());
                    if (why.isPresent()) {
                        give(attempt, why.get());
                    }
                }
            }
        } catch (LedgerException e) {
            log.debug("the swaps cannot be asked: {}", e.getMessage());
        }
    }

    private boolean find(Attempt attempt, Collection<Swap> swaps) {
        var swap = swaps.stream().filter(one -> isOf(one, attempt)).findFirst();
        swap.map(one -> one.deal().terms().id())
                .ifPresent(id -> {
                    purchases.update(
                            attempt.window(),
                            found -> found.with(State.CONTRACTED, found.lots(), "").withSwap(id));
                    forget(attempt);
                });
        return swap.isPresent();
    }

    private synchronized boolean isLate(Attempt attempt, Instant now) {
        var claim = claims.get(attempt.window());
        return claim != null && now.isAfter(claim.until);
    }

    private static boolean isOf(Swap swap, Attempt attempt) {
        var terms = swap.deal().terms();
        return terms.window().equals(attempt.window()) && terms.seller().equals(attempt.seller());
    }
}
