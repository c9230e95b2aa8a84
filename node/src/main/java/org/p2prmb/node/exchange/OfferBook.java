package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Swap;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Our owner's offers and what is sold of them. Every change is on the disk before anybody can act
/// on it, so no lot is sold twice, whenever the agent is killed.
///
/// ```text
/// left --Accept--> promised --contract--> in a swap --settled--> sold
///  ^                  |                       |
///  +---- no claim ----+------ refunded -------+
/// ```
///
/// Safe for many threads.
final class OfferBook {
    /// Offers of which something is left, or in sale.
    static final int OPEN_MAX = 64;

    /// Those that are over are kept, to be shown and not to be made again; those that were made
    /// first are forgotten.
    private static final int OVER_MAX = 256;

    private final OfferFile file;
    private SequencedMap<Bytes, OwnOffer> offers = new LinkedHashMap<>();

    /// Throws [org.p2prmb.node.config.UserException] when the file is damaged.
    OfferBook(Path directory) {
        file = new OfferFile(directory);
        file.read().forEach(offer -> offers.put(offer.id(), offer));
    }

    synchronized List<OwnOffer> all() {
        return List.copyOf(offers.values());
    }

    synchronized Optional<OwnOffer> find(Bytes id) {
        return Optional.ofNullable(offers.get(id));
    }

    /// Adds an offer, and returns it; the same again is the one that is there, with what became of
    /// it.
    ///
    /// Throws `IllegalArgumentException` when there are too many, or it was made so long ago that
    /// it may have been forgotten.
    synchronized OwnOffer add(Signed<Offer> signed, Duration window, boolean confirm, Instant now) {
        var known = offers.get(signed.statement().id());
        if (known != null) {
            return known;
        }
        var open = offers.values().stream().filter(offer -> !offer.isOver(now)).count();
        if (open >= OPEN_MAX) {
            throw new IllegalArgumentException("%d offers are open at most".formatted(OPEN_MAX));
        }
        var added = new OwnOffer(signed, window, confirm, false, 0, List.of());
        var changed = new LinkedHashMap<>(offers);
        changed.put(added.id(), added);
        var over =
                changed.values().stream()
                        .filter(offer -> offer.isOver(now))
                        .sorted(Comparator.comparing(offer -> offer.offer().created()))
                        .toList();
        Limits.require(
                over.size() < OVER_MAX
                        || over.getFirst().offer().created().isBefore(added.offer().created()),
                "your agent does not know any more what it sold then: see rmb swaps");
        over.stream()
                .limit(Math.max(0, over.size() - OVER_MAX))
                .forEach(offer -> changed.remove(offer.id()));
        keep(changed);
        return added;
    }

    /// Nothing more is sold of it; what is in sale goes on.
    synchronized void cancel(Bytes id) {
        change(id, OwnOffer::cancel);
    }

    /// Promises lots. On the disk when this returns.
    synchronized void promise(Bytes id, Sale sale) {
        change(id, offer -> offer.with(sale));
    }

    /// There is a contract for what was promised.
    synchronized void contracted(Bytes id, Sale sale, Bytes swap) {
        change(id, offer -> offer.with(sale.withSwap(swap)));
    }

    /// What was promised is back.
    synchronized void release(Bytes id, Sale sale) {
        change(id, offer -> offer.without(sale.window(), sale.buyer()));
    }

    private void change(Bytes id, UnaryOperator<OwnOffer> change) {
        var offer = offers.get(id);
        if (offer != null) {
            var changed = new LinkedHashMap<>(offers);
            changed.put(id, change.apply(offer));
            keep(changed);
        }
    }

    private void keep(SequencedMap<Bytes, OwnOffer> changed) {
        file.write(changed.values());
        offers = changed;
    }

    /// The sale of a window to a buyer, and whose it is.
    record Found(OwnOffer offer, Sale sale) {}

    synchronized Optional<Found> sale(Bytes window, PeerId buyer) {
        for (var offer : offers.values()) {
            var sale = offer.sale(window, buyer);
            if (sale.isPresent()) {
                return Optional.of(new Found(offer, sale.get()));
            }
        }
        return Optional.empty();
    }

    /// What is promised and has no contract yet, in units.
    synchronized BigInteger promised(Asset asset) {
        var sum = BigInteger.ZERO;
        for (var own : offers.values()) {
            if (own.offer().give().equals(asset)) {
                int lots = own.sales().stream().filter(Sale::isPromised).mapToInt(Sale::lots).sum();
                sum = sum.add(own.offer().unitsPerLot().multiply(BigInteger.valueOf(lots)));
            }
        }
        return sum;
    }

    /// What those promises bring of the asset that they are paid in, in units.
    synchronized BigInteger promisedGain(Asset asset) {
        return offers.values().stream()
                .filter(own -> own.offer().want().equals(asset))
                .flatMap(own -> own.sales().stream())
                .filter(Sale::isPromised)
                .map(sale -> sale.price().units().multiply(BigInteger.valueOf(sale.lots())))
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /// What this buyer has been promised and has no contract for yet, in cents.
    long promisedCents(PeerId buyer) {
        return promisedCents(sale -> sale.buyer().equals(buyer));
    }

    /// What all have been promised and have no contract for yet, in cents.
    long promisedCents() {
        return promisedCents(_ -> true);
    }

    private synchronized long promisedCents(Predicate<Sale> counts) {
        long sum = 0;
        for (var own : offers.values()) {
            for (var sale : own.sales()) {
                if (sale.isPromised() && counts.test(sale)) {
                    sum += own.offer().usdCents() * sale.lots();
                }
            }
        }
        return sum;
    }

    /// What nobody claimed in time.
    synchronized List<Found> unclaimed(Instant now) {
        var late = new ArrayList<Found>();
        for (var own : offers.values()) {
            for (var sale : own.sales()) {
                if (sale.isPromised() && now.isAfter(sale.claimBy())) {
                    late.add(new Found(own, sale));
                }
            }
        }
        return late;
    }

    /// Brings the sales in line with all swaps that the journal holds, after a start: what was
    /// promised and has a swap, because we were killed in between, is in it; what has none waits
    /// for its claim as before.
    synchronized void reconcile(Collection<Swap> swaps) {
        for (var own : all()) {
            for (var sale : own.sales()) {
                var swap = swaps.stream().filter(one -> isOf(one, sale)).findFirst();
                if (swap.isPresent()) {
                    reconcile(own, sale, swap.get());
                } else if (!sale.isPromised()) {
                    change(own.id(), offer -> offer.settle(sale)); // So old that it is forgotten.
                }
            }
        }
    }

    /// There is a swap of ours, or it is over.
    synchronized void noted(Swap swap) {
        for (var own : all()) {
            own.sales().stream()
                    .filter(sale -> isOf(swap, sale))
                    .forEach(sale -> reconcile(own, sale, swap));
        }
    }

    private static boolean isOf(Swap swap, Sale sale) {
        var terms = swap.deal().terms();
        return swap.own() == Side.A && sale.isOf(terms.window(), terms.buyer());
    }

    private void reconcile(OwnOffer own, Sale sale, Swap swap) {
        if (swap instanceof SellerSwap.Ended(_, var outcome)) {
            change(
                    own.id(),
                    offer ->
                            outcome == Outcome.SETTLED || outcome == Outcome.LOST
                                    ? offer.settle(sale)
                                    : offer.without(sale.window(), sale.buyer()));
        } else if (sale.isPromised()) {
            contracted(own.id(), sale, swap.deal().terms().id());
        }
    }
}
