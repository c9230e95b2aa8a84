package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.Allotment;
import org.p2prmb.protocols.exchange.Denial;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// What may be sold to whom: by the funds that are there, the health of the chains, and how much
/// may be in flight with somebody.
///
/// Waits for nodes.
final class Prudence {
    private static final Logger log = LoggerFactory.getLogger(Prudence.class);

    private final Surroundings with;
    private final OfferBook book;
    private final Lock deciding = new ReentrantLock(); // One window sees what the other leaves.
    private final Map<Bytes, Meant> meant = new ConcurrentHashMap<>(); // By window: as many.

    /// What a window is about to promise.
    private record Meant(Asset asset, BigInteger units, Map<PeerId, Long> cents) {}

    Prudence(Surroundings with, OfferBook book) {
        this.with = with;
        this.book = book;
    }

    /// What of these lots cannot be had. The others are set aside until the window is [#over].
    List<Denial> denials(Bytes window, Bytes offer, List<Allotment> winners) {
        deciding.lock();
        try {
            return decided(window, offer, winners);
        } finally {
            deciding.unlock();
        }
    }

    /// What it promised is in the book of offers now, or nothing came of it.
    void over(Bytes window) {
        meant.remove(window);
    }

    private List<Denial> decided(Bytes window, Bytes offer, List<Allotment> winners) {
        var own = book.find(offer).filter(found -> !found.cancelled());
        if (own.isEmpty()) {
            return all(winners, Denial.Code.OWNER_DECLINED);
        }
        try {
            requireHealth(own.get());
            var denials = denials(own.get(), winners);
            setAside(window, own.get(), winners, denials);
            return denials;
        } catch (LedgerException e) {
            log.warn("lots are denied, for a chain cannot be used: {}", e.getMessage());
            return all(winners, Denial.Code.CHAIN_UNHEALTHY);
        }
    }

    static List<Denial> all(List<Allotment> winners, Denial.Code code) {
        return winners.stream()
                .map(winner -> new Denial(winner.bidder(), winner.lots(), code))
                .toList();
    }

    private void requireHealth(OwnOffer own) throws LedgerException {
        Chains chains = with.chains();
        var _ = chains.ledger(own.offer().give().chain()).tip();
        var _ = chains.ledger(own.offer().want().chain()).tip();
    }

    private void setAside(
            Bytes window, OwnOffer own, List<Allotment> winners, List<Denial> denials) {
        var cents = new HashMap<PeerId, Long>();
        long lots = 0;
        for (var winner : winners) {
            int given = winner.lots() - denied(winner.bidder(), denials);
            lots += given;
            cents.merge(winner.bidder(), given * own.offer().usdCents(), Long::sum);
        }
        var units = own.offer().unitsPerLot().multiply(BigInteger.valueOf(lots));
        meant.put(window, new Meant(own.offer().give(), units, cents));
    }

    private static int denied(PeerId winner, List<Denial> denials) {
        return denials.stream()
                .filter(denial -> denial.bidder().equals(winner))
                .mapToInt(Denial::lots)
                .sum();
    }

    private BigInteger meant(Asset asset) {
        return meant.values().stream()
                .filter(one -> one.asset().equals(asset))
                .map(Meant::units)
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    private long meantCents(PeerId peer) {
        return meant.values().stream().mapToLong(one -> one.cents().getOrDefault(peer, 0L)).sum();
    }

    private List<Denial> denials(OwnOffer own, List<Allotment> winners) throws LedgerException {
        var offer = own.offer();
        var taken = book.promised(offer.give()).add(meant(offer.give()));
        var free = with.settlement().free(offer.give()).subtract(taken);
        long funded = lots(free, offer.unitsPerLot());
        var denials = new ArrayList<Denial>();
        for (var winner : winners) {
            long trusted = Math.min(winner.lots(), trusted(winner.bidder(), offer.usdCents()));
            long given = Math.min(trusted, funded);
            funded -= given;
            if (given < winner.lots()) {
                var code = given < trusted ? Denial.Code.FUNDS_GONE : Denial.Code.OWNER_DECLINED;
                denials.add(new Denial(winner.bidder(), (int) (winner.lots() - given), code));
            }
        }
        return denials;
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
