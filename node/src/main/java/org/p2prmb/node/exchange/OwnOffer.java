package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Signed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An offer of our owner's and what became of its lots.
///
/// @param window how long its windows are open
/// @param confirm whether the owner is asked about each that won
/// @param cancelled whether the owner took it back
/// @param settled lots that are sold for good
/// @param sales lots that are promised, or in a swap
record OwnOffer(
        Signed<Offer> signed,
        Duration window,
        boolean confirm,
        boolean cancelled,
        int settled,
        List<Sale> sales) {
    OwnOffer {
        sales = List.copyOf(sales);
    }

    Offer offer() {
        return signed.statement();
    }

    Bytes id() {
        return offer().id();
    }

    int inSale() {
        return sales.stream().mapToInt(Sale::lots).sum();
    }

    /// Lots that can be sold now.
    int left(Instant now) {
        return isOpen(now) ? Math.max(0, offer().lots() - settled - inSale()) : 0;
    }

    boolean isOpen(Instant now) {
        return !cancelled && offer().isValid(now);
    }

    /// Whether nothing can come of it any more.
    boolean isOver(Instant now) {
        return sales.isEmpty() && left(now) == 0;
    }

    Optional<Sale> sale(Bytes ofWindow, PeerId buyer) {
        return sales.stream().filter(sale -> sale.isOf(ofWindow, buyer)).findFirst();
    }

    OwnOffer cancel() {
        return new OwnOffer(signed, window, confirm, true, settled, sales);
    }

    OwnOffer with(Sale added) {
        var all = new ArrayList<>(without(added.window(), added.buyer()).sales);
        all.add(added);
        return new OwnOffer(signed, window, confirm, cancelled, settled, all);
    }

    /// The lots of this sale are back.
    OwnOffer without(Bytes ofWindow, PeerId buyer) {
        var kept = sales.stream().filter(sale -> !sale.isOf(ofWindow, buyer)).toList();
        return new OwnOffer(signed, window, confirm, cancelled, settled, kept);
    }

    /// The lots of this sale are gone.
    OwnOffer settle(Sale sale) {
        var rest = without(sale.window(), sale.buyer());
        return new OwnOffer(signed, window, confirm, cancelled, settled + sale.lots(), rest.sales);
    }
}
