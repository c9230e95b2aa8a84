package org.p2prmb.simulation.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Swap;

import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.function.Function;

/// What a party has promised, by its disk, against what it has, by the chain (I3): every swap that
/// is not over and whose lock no block holds.
final class Promises {
    private Promises() {}

    /// How the swaps of one disk promise more than there is.
    static Optional<String> violation(Collection<Swap> swaps, Function<Side, Ledger> ledgers) {
        var promised = new HashSet<Bytes>();
        for (var swap : swaps) {
            for (var input : swap.inputs(swap.own())) {
                if (!promised.add(input)) {
                    return Optional.of("I3: one input is promised to two locks");
                }
            }
        }
        var amount = BigInteger.ZERO;
        var has = BigInteger.ZERO;
        try {
            for (var swap : swaps) {
                var ledger = ledgers.apply(swap.own());
                if (!swap.isOver() && !isInABlock(swap, ledger)) {
                    var leg = swap.deal().leg(swap.own());
                    amount = amount.add(leg.amount());
                    has = ledger.balance(leg.asset());
                }
            }
        } catch (LedgerException e) {
            throw new IllegalStateException("a node that is up", e);
        }
        return amount.compareTo(has) > 0
                ? Optional.of("I3: %s are promised of %s".formatted(amount, has))
                : Optional.empty();
    }

    /// The balance has it no more then, though it is not buried yet.
    private static boolean isInABlock(Swap swap, Ledger ledger) throws LedgerException {
        var lock = swap.signedLock();
        if (lock.isEmpty()) {
            return false;
        }
        var terms = swap.deal().terms();
        var view =
                ledger.view(
                        swap.deal().leg(swap.own()),
                        terms.hash(),
                        lock.get().ref(),
                        lock.get().since(),
                        lock.get().inputs());
        return !(view instanceof LockView.Absent)
                && !(view instanceof LockView.Pending)
                && !(view instanceof LockView.Lost);
    }
}
