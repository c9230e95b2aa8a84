package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.node.wallet.Pledges;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What open swaps have taken out of our hands, at one moment.
///
/// @param reserved promised, or on its way into a lock, and still in the balance
/// @param locked in a lock of ours, and not in the balance any more
/// @param coming to us, of what the other sides lock or are to lock
/// @param inputs that locks and refunds spend, and nothing else may
/// @param inFlightCents what all open swaps are worth
/// @param promised one entry for each lock that is still to be paid for: whose fees are needed
record SetAside(
        Map<Asset, BigInteger> reserved,
        Map<Asset, BigInteger> locked,
        Map<Asset, BigInteger> coming,
        List<Bytes> inputs,
        long inFlightCents,
        List<Asset> promised) {
    private static final Logger log = LoggerFactory.getLogger(SetAside.class);

    public SetAside {
        reserved = Map.copyOf(reserved);
        locked = Map.copyOf(locked);
        coming = Map.copyOf(coming);
        inputs = List.copyOf(inputs);
        promised = List.copyOf(promised);
    }

    static SetAside of(SwapEngine engine, Collection<Swap> open) {
        var locked = new HashMap<Asset, BigInteger>();
        var coming = new HashMap<Asset, BigInteger>();
        var promised = new ArrayList<Asset>();
        long cents = 0;
        for (var swap : open) {
            var leg = swap.deal().leg(swap.own());
            var other = swap.deal().leg(swap.own() == Side.A ? Side.B : Side.A);
            cents += swap.deal().terms().usdCents();
            coming.merge(other.asset(), other.amount(), BigInteger::add);
            if (engine.takes(swap)) {
                promised.add(leg.asset());
            } else {
                locked.merge(leg.asset(), leg.amount(), BigInteger::add);
            }
        }
        var reservations = engine.reservations();
        return new SetAside(
                reservations.amounts(), locked, coming, reservations.inputs(), cents, promised);
    }

    /// The same with the fees of the locks that are still to be paid for, as far as their nodes
    /// say so: where a node is not there, nothing can be paid either.
    Pledges.Pledged pledged(SwapEngine.Ledgers ledgers) {
        var withFees = new HashMap<>(reserved);
        for (var asset : promised) {
            try {
                var ledger = ledgers.of(asset.chain());
                withFees.merge(ledger.feeAsset(), ledger.feeReserve(asset), BigInteger::add);
            } catch (LedgerException e) {
                log.debug("the fees on {} are not known", asset.chain(), e);
            }
        }
        return new Pledges.Pledged(withFees, locked, inputs);
    }

    BigInteger reserved(Asset asset) {
        return reserved.getOrDefault(asset, BigInteger.ZERO);
    }

    /// What may come on top of the balance, with the open swaps as they are: what they bring, and
    /// what is in locks of ours, for those may be taken back. A swap counts until it is over, even
    /// if what it brought is in the balance by then.
    BigInteger atMost(Asset asset) {
        return coming.getOrDefault(asset, BigInteger.ZERO)
                .add(locked.getOrDefault(asset, BigInteger.ZERO));
    }
}
