package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.swap.Settlement;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeResponse;
import org.p2prmb.protocols.exchange.Refusal;
import org.p2prmb.protocols.swap.LedgerException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/// Makes the contracts of those who won lots: a winner names its parties, as often as it takes, and
/// gets one contract.
///
/// Safe for many threads.
final class Claims {
    /// In which a winner names its parties.
    static final Duration TIME = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    private final OfferBook book;
    private final Settlement settlement;
    private final Set<Claim> working = new HashSet<>();

    private record Claim(Bytes window, PeerId buyer) {}

    Claims(OfferBook book, Settlement settlement) {
        this.book = book;
        this.settlement = settlement;
    }

    /// The contract is made, and on disk, when this returns `Done`. Waits for nodes.
    ExchangeResponse claimed(PeerId from, ExchangeRequest.Claimed asked) {
        var claim = new Claim(asked.window(), from);
        if (!begin(claim)) {
            return new ExchangeResponse.Refused(Refusal.NOT_YET);
        }
        try {
            var found = book.sale(asked.window(), from);
            return found.isEmpty()
                    ? new ExchangeResponse.Refused(Refusal.NOT_WON)
                    : sell(found.get(), asked);
        } finally {
            end(claim);
        }
    }

    private ExchangeResponse sell(OfferBook.Found found, ExchangeRequest.Claimed asked) {
        var sale = found.sale();
        if (!sale.isPromised()) {
            return new ExchangeResponse.Done();
        }
        try {
            var sold = sale.sold(found.offer().offer());
            var swap = settlement.sell(sold, sale.buyer(), asked.redeemTo(), asked.refundTo());
            book.contracted(found.offer().id(), sale, swap);
            return new ExchangeResponse.Done();
        } catch (IllegalArgumentException | LedgerException e) {
            // It may be possible later; the buyer asks again until its time is over.
            log.info("{} waits for its contract: {}", sale.buyer().shortText(), e.getMessage());
            return new ExchangeResponse.Refused(
                    Refusal.CANNOT_SELL, String.valueOf(e.getMessage()));
        }
    }

    /// Gives back what nobody claimed in time.
    void sweep(Instant now) {
        for (var late : book.unclaimed(now)) {
            var sale = late.sale();
            var claim = new Claim(sale.window(), sale.buyer());
            if (begin(claim)) {
                try {
                    release(sale);
                } catch (LedgerException e) {
                    log.info("what nobody claimed is not back yet: {}", e.getMessage());
                    return;
                } finally {
                    end(claim);
                }
            }
        }
    }

    /// Unless there is a contract after all, whose making took longer than its claim waited.
    private void release(Sale sale) throws LedgerException {
        settlement.swaps().forEach(book::noted);
        var found = book.sale(sale.window(), sale.buyer()).filter(one -> one.sale().isPromised());
        if (found.isPresent()) {
            book.release(found.get().offer().id(), sale);
            log.info("{} did not claim what it won", sale.buyer().shortText());
        }
    }

    private synchronized boolean begin(Claim claim) {
        return working.add(claim);
    }

    private synchronized void end(Claim claim) {
        working.remove(claim);
    }
}
