package org.p2prmb.node.swap;

import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.SwapEngine;

import java.math.BigInteger;
import java.util.Optional;

/// The owner's limit of what the agent holds of a coin (`hold-max`): no swap is begun that could
/// bring more, however the open ones end.
final class HoldMax {
    private HoldMax() {}

    /// How much more of a coin may come; empty without a limit.
    ///
    /// @param aside of before the balance is asked for: what comes in between is counted twice
    static Optional<BigInteger> room(
            Optional<Amount> max, SwapEngine.Ledgers ledgers, SetAside aside)
            throws LedgerException {
        if (max.isEmpty()) {
            return Optional.empty();
        }
        var asset = max.get().asset();
        var held = ledgers.of(asset.chain()).balance(asset).add(aside.atMost(asset));
        return Optional.of(max.get().units().subtract(held).max(BigInteger.ZERO));
    }

    /// Throws `IllegalArgumentException`, in the owner's words, when this is more than may come.
    static void require(
            Amount more, Optional<Amount> max, SwapEngine.Ledgers ledgers, SetAside aside)
            throws LedgerException {
        var room = room(max, ledgers, aside);
        if (room.isPresent() && more.units().compareTo(room.get()) > 0) {
            throw new IllegalArgumentException(
                    "%s would come, but with all open swaps only %s may: hold-max is %s"
                            .formatted(
                                    more, new Amount(more.asset(), room.get()), max.orElseThrow()));
        }
    }
}
