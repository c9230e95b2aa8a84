package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.Allotment;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// What may be sold to whom: by the funds that are there, the health of the chains, how much may be
/// in flight with somebody and with all, and how much of a coin the agent is to hold.
///
/// Waits for nodes.
final class Prudence {
    private static final Logger log = LoggerFactory.getLogger(Prudence.class);

    private final Surroundings with;
    private final OfferBook book;
    private final Purchases purchases;
    private final Lock deciding = new ReentrantLock(); // One window sees what the other leaves.
    private final Map<Bytes, Meant> meant = new ConcurrentHashMap<>(); // By window: as many.

    /// What a window is about to promise.
    ///
    /// @param gain what it brings of the asset that the offer is paid in
    private record Meant(Offer offer, BigInteger units, BigInteger gain, Map<PeerId, Long> cents) {}

    Prudence(Surroundings with, OfferBook book, Purchases purchases) {
        this.with = with;
        this.book = book;
        this.purchases = purchases;
    }

    /// What of these lots cannot be had. The others are set aside until the window is [#over].
    List<Denial> denials(Action.Decide asked) {
        deciding.lock();
        try {
            return decided(asked);
        } finally {
            deciding.unlock();
        }
    }

    /// What it promised is in the book of offers now, or nothing came of it.
    void over(Bytes window) {
        meant.remove(window);
    }

    private List<Denial> decided(Action.Decide asked) {
        var own = book.find(asked.offer()).filter(found -> !found.cancelled());
        if (own.isEmpty()) {
            return all(asked.allotments(), Denial.Code.OWNER_DECLINED);
        }
        var offer = own.get().offer();
        try {
            requireHealth(offer);
            var denials = denials(offer, asked);
            setAside(offer, asked, denials);
            return denials;
        } catch (LedgerException e) {
            log.warn("lots are denied, for a chain cannot be used: {}", e.getMessage());
            return all(asked.allotments(), Denial.Code.CHAIN_UNHEALTHY);
        }
    }

    static List<Denial> all(List<Allotment> winners, Denial.Code code) {
        return winners.stream()
                .map(winner -> new Denial(winner.bidder(), winner.lots(), code))
                .toList();
    }

    private void requireHealth(Offer offer) throws LedgerException {
        Chains chains = with.chains();
        var _ = chains.ledger(offer.give().chain()).tip();
        var _ = chains.ledger(offer.want().chain()).tip();
    }

    private void setAside(Offer offer, Action.Decide asked, List<Denial> denials) {
        var cents = new HashMap<PeerId, Long>();
        var gain = BigInteger.ZERO;
        long lots = 0;
        for (var winner : asked.allotments()) {
            int given = winner.lots() - denied(winner.bidder(), denials);
            lots += given;
            gain = gain.add(price(asked, winner).multiply(BigInteger.valueOf(given)));
            cents.merge(winner.bidder(), given * offer.usdCents(), Long::sum);
        }
        var units = offer.unitsPerLot().multiply(BigInteger.valueOf(lots));
        meant.put(asked.window(), new Meant(offer, units, gain, cents));
    }

    private static BigInteger price(Action.Decide asked, Allotment winner) {
        return Objects.requireNonNull(asked.prices().get(winner.bidder())).units();
    }

    private static int denied(PeerId winner, List<Denial> denials) {
        return denials.stream()
                .filter(denial -> denial.bidder().equals(winner))
                .mapToInt(Denial::lots)
                .sum();
    }

    private BigInteger meant(Asset asset) {
        return meant.values().stream()
                .filter(one -> one.offer().give().equals(asset))
                .map(Meant::units)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private BigInteger meantGain(Asset asset) {
        return meant.values().stream()
                .filter(one -> one.offer().want().equals(asset))
                .map(Meant::gain)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private long meantCents(PeerId peer) {
        return meant.values().stream().mapToLong(one -> one.cents().getOrDefault(peer, 0L)).sum();
    }

    private List<Denial> denials(Offer offer, Action.Decide asked) throws LedgerException {
        var taken = book.promised(offer.give()).add(meant(offer.give()));
        var free = with.settlement().free(offer.give()).subtract(taken);
        long funded = lots(free, offer.unitsPerLot());
        var room = room(offer.want());
        var gain = purchases.pendingGain(offer.want());
        long affordable = inFlight(offer.usdCents());
        var denials = new ArrayList<Denial>();
        for (var winner : asked.allotments()) {
            var price = price(asked, winner);
            long trusted = Math.min(winner.lots(), trusted(winner.bidder(), offer.usdCents()));
            long allowed = Math.min(trusted, Math.min(affordable, fitting(room, gain, price)));
            long given = Math.min(allowed, funded);
            funded -= given;
            affordable -= given;
            gain = gain.add(price.multiply(BigInteger.valueOf(given)));
            if (given < winner.lots()) {
                var code = given < allowed ? Denial.Code.FUNDS_GONE : Denial.Code.OWNER_DECLINED;
                denials.add(new Denial(winner.bidder(), (int) (winner.lots() - given), code));
            }
        }
        return denials;
    }

    /// How many lots of an offer of ours a window may sell, as far as is known before its bids.
    long openable(Offer offer) throws LedgerException {
        var gain = purchases.pendingGain(offer.want());
        return Math.min(
                inFlight(offer.usdCents()),
                fitting(room(offer.want()), gain, offer.policy().floor().units()));
    }

    /// How many lots of this value may still be in flight with all together, beside our bids.
    private long inFlight(long usdCents) {
        return Math.max(0, centsLeft() - purchases.pendingCents()) / usdCents;
    }

    /// What may still be in flight with all together, but for our bids.
    long centsLeft() {
        long meantCents =
                meant.values().stream()
                        .flatMap(one -> one.cents().values().stream())
                        .mapToLong(Long::longValue)
                        .sum();
        return with.settlement().centsLeft() - book.promisedCents() - meantCents;
    }

    /// How much more of this swaps may bring, but for what our bids may; empty without a limit.
    Optional<BigInteger> room(Asset asset) throws LedgerException {
        var gain = book.promisedGain(asset).add(meantGain(asset));
        return with.settlement().room(asset).map(left -> left.subtract(gain));
    }

    /// How many lots there is room for.
    ///
    /// @param taken of it
    /// @param perLot what each brings
    static long fitting(Optional<BigInteger> room, BigInteger taken, BigInteger perLot) {
        return room.map(left -> lots(left.subtract(taken), perLot)).orElse(Long.MAX_VALUE);
    }

    static long lots(BigInteger funds, BigInteger perLot) {
        return funds.max(BigInteger.ZERO)
                .divide(perLot)
                .min(BigInteger.valueOf(Integer.MAX_VALUE))
                .longValueExact();
    }

    /// How many lots of this value may still be in flight with somebody.
    long trusted(PeerId peer, long usdCents) throws LedgerException {
        long left =
                with.opinions().of(peer).limitCents()
                        - inFlight(peer)
                        - book.promisedCents(peer)
                        - meantCents(peer);
        return Math.max(0, left) / usdCents;
    }

    private long inFlight(PeerId peer) throws LedgerException {
        return with.settlement().swaps().stream()
                .filter(swap -> !swap.isOver())
                .map(swap -> swap.deal().terms())
                .filter(terms -> terms.seller().equals(peer) || terms.buyer().equals(peer))
                .mapToLong(terms -> terms.usdCents())
                .sum();
    }
}
