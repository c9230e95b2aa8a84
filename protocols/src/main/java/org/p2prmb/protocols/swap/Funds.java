package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Limits;
import org.p2prmb.protocols.swap.SwapEngine.Ledgers;

import java.math.BigInteger;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What may still be promised: what the chains show as ours, less what open swaps need of it. One
/// owner.
final class Funds {
    private final Ledgers ledgers;
    private final Collection<Swap> swaps;

    /// Whose own lock a chain has given back, by the last look: its coins are in the balance again.
    private final Set<Bytes> returned = new HashSet<>();

    /// @param swaps all that there are at each moment
    Funds(Ledgers ledgers, Collection<Swap> swaps) {
        this.ledgers = ledgers;
        this.swaps = swaps;
    }

    /// A look has shown this of the own lock of a swap.
    void note(Bytes id, LockView own) {
        if (own instanceof LockView.Absent || own instanceof LockView.Pending) {
            returned.add(id);
        } else {
            returned.remove(id);
        }
    }

    void forget(Bytes id) {
        returned.remove(id);
    }

    Reservations reservations() {
        return Reservations.of(swaps, this::takes);
    }

    /// Whether the lock of this swap is still to be paid for out of the balance.
    boolean takes(Swap swap) {
        return swap.reserves() || !swap.isOver() && returned.contains(swap.deal().terms().id());
    }

    /// Throws `IllegalArgumentException` when a swap cannot be begun: what its lock takes is not
    /// there or promised already, or nothing is there to end its locks with.
    void require(Swap first) {
        var leg = first.deal().leg(first.own());
        try {
            var ledger = ledger(leg);
            var asset = leg.asset();
            var fees = ledger.feeReserve(asset);
            var isFeeCoin = asset.equals(ledger.feeAsset());
            require(ledger, asset, isFeeCoin ? leg.amount().add(fees) : leg.amount());
            if (!isFeeCoin) {
                require(ledger, ledger.feeAsset(), fees);
            }
            var why = unpayable(first, _ -> true);
            if (why.isPresent()) {
                throw new IllegalArgumentException(why.get());
            }
        } catch (LedgerException e) {
            throw new IllegalArgumentException("the balance is not known now", e);
        }
    }

    private Ledger ledger(Leg leg) throws LedgerException {
        return ledgers.of(leg.asset().chain());
    }

    private void require(Ledger ledger, Asset asset, BigInteger wanted) throws LedgerException {
        var free =
                ledger.balance(asset)
                        .subtract(reservations().amount(asset))
                        .subtract(reservedFees(ledger, asset));
        Limits.require(
                free.compareTo(wanted) >= 0, "not enough %s that is free".formatted(asset.coin()));
    }

    /// What the locks that are promised on this chain will cost besides.
    private BigInteger reservedFees(Ledger ledger, Asset asset) throws LedgerException {
        var fees = BigInteger.ZERO;
        for (var swap : swaps) {
            var own = swap.deal().leg(swap.own()).asset();
            if (takes(swap)
                    && own.chain().equals(ledger.chain())
                    && asset.equals(ledger.feeAsset())) {
                fees = fees.add(ledger.feeReserve(own));
            }
        }
        return fees;
    }

    /// Why the refund or the redeem of this swap could not be paid for; nothing when both can.
    ///
    /// @param rivals which of the other open swaps come first
    Optional<String> unpayable(Swap swap, Predicate<Swap> rivals) throws LedgerException {
        for (var isOwn : new boolean[] {true, false}) {
            var leg = leg(swap, isOwn);
            long others =
                    swaps.stream()
                            .filter(other -> !other.isOver() && !isSame(other, swap))
                            .filter(rivals)
                            .filter(other ->
                                    leg(other, isOwn).asset().chain().equals(leg.asset().chain()))
                            .count();
            var why = ledger(leg).unpayable(leg, Math.toIntExact(others));
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    /// One variant of each redeem that the other open swaps have saved for the same chain.
    List<SignedTx> redeems(Swap except) {
        var chain = leg(except, false).asset().chain();
        return swaps.stream()
                .filter(swap -> !swap.isOver() && !isSame(swap, except))
                .filter(swap -> leg(swap, false).asset().chain().equals(chain))
                .flatMap(swap -> swap.redeems().stream().limit(1))
                .toList();
    }

    private static boolean isSame(Swap one, Swap other) {
        return one.deal().terms().id().equals(other.deal().terms().id());
    }

    private static Leg leg(Swap swap, boolean isOwn) {
        return swap.deal().leg(isOwn == (swap.own() == Side.A) ? Side.A : Side.B);
    }
}
