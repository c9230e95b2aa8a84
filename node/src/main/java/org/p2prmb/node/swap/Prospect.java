package org.p2prmb.node.swap;

import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Swap;

import java.time.Instant;
import java.util.Optional;

/// What a swap waits for, in the owner's words.
///
/// @param by until when, or from when; nothing where only blocks decide
/// @param refundFrom from when our coins can be taken back; nothing while none are locked, or when
///     they are not ours to take back any more
record Prospect(String next, Optional<Instant> by, Optional<Instant> refundFrom) {
    static Prospect of(Swap swap, Instant now) {
        return switch (swap) {
            case SellerSwap seller -> ofSeller(seller, now);
            case BuyerSwap buyer -> ofBuyer(buyer, now);
        };
    }

    private static Prospect ofSeller(SellerSwap swap, Instant now) {
        var terms = swap.deal().terms();
        var times = terms.deadlines();
        var refund = times.refundA();
        return switch (swap) {
            case SellerSwap.Selected _ ->
                    unlocked("the buyer countersigns, or it is off", terms.validUntil());
            case SellerSwap.LockReady _ ->
                    locked("our lock is buried, or it is called off", times.lockABy(), refund);
            case SellerSwap.Cancelling _ -> blocks("our lock is called off, which is to be buried");
            case SellerSwap.Locked _ ->
                    now.isAfter(times.revealBy())
                            ? locked("the buyer did not lock: we take back", refund, refund)
                            : locked(
                                    "the buyer's lock is buried, or we take back later",
                                    times.revealBy(),
                                    refund);
            case SellerSwap.Revealing _ ->
                    locked("what we redeem is buried", times.refundB(), refund);
            case SellerSwap.Refunding _ -> locked("what we take back is buried", refund);
            case SellerSwap.Ended _ -> over();
        };
    }

    private static Prospect ofBuyer(BuyerSwap swap, Instant now) {
        var times = swap.deal().terms().deadlines();
        var refund = times.refundB();
        return switch (swap) {
            case BuyerSwap.Countersigned _ ->
                    unlocked("the seller's lock is buried, or it is off", times.fundBBy());
            case BuyerSwap.LockReady _ ->
                    locked("our lock is in a block, or it is called off", times.fundBBy(), refund);
            case BuyerSwap.Cancelling _ -> blocks("our lock is called off, which is to be buried");
            case BuyerSwap.Locked _ ->
                    now.isAfter(times.revealBy())
                            ? locked("the seller did not redeem: we take back", refund, refund)
                            : locked(
                                    "the seller redeems, or we take back later",
                                    times.revealBy(),
                                    refund);
            case BuyerSwap.SecretKnown _ ->
                    new Prospect(
                            "what we redeem is buried",
                            Optional.of(times.refundA()),
                            Optional.empty());
            case BuyerSwap.Refunding _ -> locked("what we take back is buried", refund);
            case BuyerSwap.Ended _ -> over();
        };
    }

    private static Prospect unlocked(String next, Instant by) {
        return new Prospect(next, Optional.of(by), Optional.empty());
    }

    private static Prospect locked(String next, Instant by, Instant refundFrom) {
        return new Prospect(next, Optional.of(by), Optional.of(refundFrom));
    }

    private static Prospect locked(String next, Instant refundFrom) {
        return new Prospect(next, Optional.empty(), Optional.of(refundFrom));
    }

    private static Prospect blocks(String next) {
        return new Prospect(next, Optional.empty(), Optional.empty());
    }

    private static Prospect over() {
        return blocks("it is over");
    }
}
