package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// What open swaps have set aside. It is no record of its own: a swap's state in the journal is its
/// reservation, so the two cannot differ, and it is there before the promise leaves (docs/swap.md).
///
/// ```text
/// HELD      promised: Selected, Countersigned              released by time or withdrawal
/// BOUND     the lock may be on its way: LockReady,         released by a conflicting spend, buried
///           Cancelling
/// CONSUMED  the lock is in a block: no part of the balance any more; BOUND again as long as the
///           chain has taken that block back
/// ```
///
/// @param amounts by asset
/// @param inputs that locks spend and nothing else may
public record Reservations(Map<Asset, BigInteger> amounts, List<Bytes> inputs) {
    public Reservations {
        amounts = Map.copyOf(amounts);
        inputs = List.copyOf(inputs);
    }

    /// @param takes whether the lock of a swap is still to be paid for
    static Reservations of(Collection<Swap> swaps, Predicate<Swap> takes) {
        var amounts = new HashMap<Asset, BigInteger>();
        var inputs = new ArrayList<Bytes>();
        for (var swap : swaps) {
            if (takes.test(swap)) {
                var leg = swap.deal().leg(swap.own());
                amounts.merge(leg.asset(), leg.amount(), BigInteger::add);
            }
            swap.signedLock().ifPresent(lock -> inputs.addAll(lock.inputs()));
        }
        return new Reservations(amounts, inputs);
    }

    public BigInteger amount(Asset asset) {
        return amounts.getOrDefault(asset, BigInteger.ZERO);
    }
}
