package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.exchange.Offer;
import org.p2prmb.protocols.exchange.Price;
import org.p2prmb.protocols.swap.Audit;

import java.math.BigInteger;
import java.time.Instant;

/// Lots of an offer that a buyer won, until their swap is over.
///
/// @param lots that were accepted
/// @param price of each
/// @param claimBy until when the buyer may ask for its contract
/// @param swap the contract's id; empty while there is none
record Sale(Bytes window, PeerId buyer, int lots, Price price, Instant claimBy, Bytes swap) {
    Sale withSwap(Bytes id) {
        return new Sale(window, buyer, lots, price, claimBy, id);
    }

    boolean isPromised() {
        return swap.size() == 0;
    }

    boolean isOf(Bytes otherWindow, PeerId other) {
        return window.equals(otherWindow) && buyer.equals(other);
    }

    /// What the contract is about; whoever makes it chooses the index.
    Audit.Sold sold(Offer offer) {
        return sold(window, offer, price, lots, 0);
    }

    /// Both sides compute the same.
    static Audit.Sold sold(Bytes window, Offer offer, Price price, int lots, long index) {
        var count = BigInteger.valueOf(lots);
        return new Audit.Sold(
                window,
                offer.give(),
                offer.unitsPerLot().multiply(count),
                offer.want(),
                price.units().multiply(count),
                offer.usdCents() * lots,
                index);
    }
}
