package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.exchange.Purchase.Attempt;
import org.p2prmb.node.exchange.Purchase.Order;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.protocols.exchange.BuyRequest;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.WindowOpen;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What our owner buys. Kept in memory only: a purchase is as short as its validity, what it won is
/// in the journal of the swaps, and after a restart nobody pays for what he forgot.
///
/// Safe for many threads.
final class Purchases {
    /// Purchases that are not over.
    static final int OPEN_MAX = 32;

    private static final int KEPT_MAX = 128;

    private final Map<String, Purchase> purchases = new LinkedHashMap<>();
    private long last;

    // What was ordered before may have been bought and forgotten.
    private Instant since;

    /// @param since when the agent started: what one before it won by a purchase is unknown
    Purchases(Instant since) {
        this.since = since.truncatedTo(ChronoUnit.MILLIS);
    }

    synchronized Optional<Purchase> find(BuyRequest request) {
        return purchases.values().stream()
                .filter(one -> one.order().request().equals(request))
                .findFirst();
    }

    /// Adds a purchase, and returns it; the same request again is the one that is there.
    ///
    /// Throws `IllegalArgumentException` when there are too many, or it was ordered so long ago
    /// that it may have been forgotten.
    synchronized Purchase add(Order order, Instant now) {
        var known = find(order.request());
        if (known.isPresent()) {
            return known.get();
        }
        Limits.require(
                !order.request().created().isBefore(since),
                "your agent does not know any more what it bought then: see rmb swaps");
        if (purchases.values().stream().filter(one -> !one.isOver(now)).count() >= OPEN_MAX) {
            throw new IllegalArgumentException("%d purchases at a time".formatted(OPEN_MAX));
        }
        var purchase = new Purchase(Long.toString(++last), order);
        purchases.put(purchase.id(), purchase);
        if (purchases.size() > KEPT_MAX) {
            purchases.values().stream()
                    .filter(one -> one.isOver(now))
                    .findFirst()
                    .ifPresent(this::forget);
        }
        return purchase;
    }

    private void forget(Purchase purchase) {
        purchases.remove(purchase.id());
        var after = purchase.order().request().created().plusMillis(1);
        since = after.isAfter(since) ? after : since;
    }

    /// Looks at all of them, under the lock: it must not wait.
    synchronized void each(Consumer<Purchase> look) {
        purchases.values().forEach(look);
    }

    /// What `view` says of a purchase, as soon as it has changed since `version`, or when `wait` is
    /// over; empty when there is no such purchase.
    synchronized <T> Optional<T> view(
            String id, long version, Duration wait, Function<Purchase, T> view)
            throws InterruptedException {
        var until = System.nanoTime() + wait.toNanos();
        var purchase = purchases.get(id);
        while (purchase != null && purchase.version() <= version) {
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return Optional.ofNullable(purchase).map(view);
    }

    synchronized boolean cancel(String id) {
        var purchase = purchases.get(id);
        if (purchase != null) {
            purchase.cancel();
            notifyAll();
        }
        return purchase != null;
    }

    /// The pairs that are still wanted, or have bids in windows.
    synchronized Set<Pair> pairs(Instant now) {
        var pairs = new HashSet<Pair>();
        for (var purchase : purchases.values()) {
            if (!purchase.isOver(now)) {
                pairs.add(purchase.order().request().pair());
            }
        }
        return pairs;
    }

    /// Whether a bid in this window is thinkable, before its offer is known.
    synchronized boolean mayWant(Signed<WindowOpen> open, Instant now) {
        return attempt(open.statement().window()).isEmpty()
                && purchases.values().stream().anyMatch(one -> one.isOpen(now));
    }

    synchronized Optional<Attempt> attempt(Bytes window) {
        return purchases.values().stream()
                .flatMap(purchase -> purchase.attempt(window).stream())
                .findFirst();
    }

    /// Enters the first bid that `bid` makes, at most one in a window.
    synchronized Optional<Attempt> bid(
            Signed<WindowOpen> open, Function<Purchase, Optional<Attempt>> bid) {
        if (attempt(open.statement().window()).isPresent()) {
            return Optional.empty();
        }
        for (var purchase : purchases.values()) {
            var made = purchase.isFull() ? Optional.<Attempt>empty() : bid.apply(purchase);
            if (made.isPresent()) {
                purchase.put(made.get());
                notifyAll();
                return made;
            }
        }
        return Optional.empty();
    }

    /// Changes what is known of the bid in a window.
    synchronized void update(Bytes window, UnaryOperator<Attempt> change) {
        for (var purchase : purchases.values()) {
            purchase.attempt(window)
                    .ifPresent(attempt -> {
                        purchase.put(change.apply(attempt));
                        notifyAll();
                    });
        }
    }

    /// The bids in this state.
    synchronized List<Attempt> in(State state) {
        return purchases.values().stream()
                .flatMap(purchase -> purchase.attempts().stream())
                .filter(attempt -> attempt.state() == state)
                .toList();
    }

    /// What bids, and contracts to come, may take of this asset.
    synchronized BigInteger pendingCost(Asset asset) {
        return purchases.values().stream()
                .filter(purchase -> purchase.order().request().with().equals(asset))
                .map(Purchase::pendingCost)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// What bids, and contracts to come, may bring of this asset.
    synchronized BigInteger pendingGain(Asset asset) {
        return purchases.values().stream()
                .filter(purchase -> purchase.order().request().want().equals(asset))
                .flatMap(purchase -> purchase.attempts().stream())
                .filter(Attempt::isPending)
                .map(Attempt::gain)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// What bids, and contracts to come, are worth in cents.
    synchronized long pendingCents() {
        return purchases.values().stream()
                .flatMap(purchase -> purchase.attempts().stream())
                .filter(Attempt::isPending)
                .mapToLong(Attempt::cents)
                .sum();
    }

    /// Lots of the value of this offer's, that bids and contracts to come of its seller's make.
    synchronized long pendingLots(Offer offer) {
        long cents =
                purchases.values().stream()
                        .flatMap(purchase -> purchase.attempts().stream())
                        .filter(attempt -> attempt.seller().equals(offer.seller()))
                        .filter(Attempt::isPending)
                        .mapToLong(Attempt::cents)
                        .sum();
        return (cents + offer.usdCents() - 1) / offer.usdCents();
    }
}
