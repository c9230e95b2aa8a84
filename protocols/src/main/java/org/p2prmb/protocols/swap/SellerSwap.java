package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.protocols.swap.SwapAction.Send;
import org.p2prmb.protocols.swap.SwapAction.SignRedeem;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapAction.Tell;
import org.p2prmb.protocols.swap.SwapEvent.Sight;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The seller's side of one swap: it locks first and knows the secret. The records are the states;
/// [#step] is the whole protocol (docs/swap.md).
///
/// ```text
/// Selected --countersigned--> LockReady --buried--> Locked --B buried--> Revealing --> Ended
///     |                           |                   |   <----------------  |
///     v                           v                   v                      v
///   Ended                    Cancelling            Refunding <---------------+
/// ```
@Pure
public sealed interface SellerSwap extends Swap {
    /// Our word may have left. The lock is signed, and not yet to be sent.
    record Selected(Deal deal, SignedLock lock) implements SellerSwap {}

    /// Both have signed; the lock may be on its way.
    ///
    /// @param refB what the buyer calls its lock; empty before it said so
    record LockReady(Deal deal, SignedLock lock, Bytes refB) implements SellerSwap {}

    /// The lock came too late; its inputs are spent otherwise.
    record Cancelling(Deal deal, SignedLock lock, Bytes refB) implements SellerSwap {}

    /// The lock is buried.
    record Locked(Deal deal, SignedLock lock, Bytes refB) implements SellerSwap {}

    /// The secret may be public.
    ///
    /// @param seen whether it is: our redeem was seen on B, or the buyer's on A
    record Revealing(Deal deal, SignedLock lock, Bytes refB, List<SignedTx> redeems, boolean seen)
            implements SellerSwap {
        public Revealing {
            redeems = SignedTx.ladder(redeems);
        }

        private Revealing with(List<SignedTx> signed, boolean isSeen) {
            return new Revealing(deal, lock, refB, signed, isSeen);
        }
    }

    /// We take our lock back.
    record Refunding(Deal deal, SignedLock lock, Bytes refB, List<SignedTx> redeems)
            implements SellerSwap {
        public Refunding {
            redeems = SignedTx.ladder(redeems);
        }
    }

    record Ended(Deal deal, Outcome outcome) implements SellerSwap {}

    @Override
    default Side own() {
        return Side.A;
    }

    @Override
    default Optional<SignedLock> signedLock() {
        return switch (this) {
            case Selected swap -> Optional.of(swap.lock());
            case LockReady swap -> Optional.of(swap.lock());
            case Cancelling swap -> Optional.of(swap.lock());
            case Locked swap -> Optional.of(swap.lock());
            case Revealing swap -> Optional.of(swap.lock());
            case Refunding swap -> Optional.of(swap.lock());
            case Ended _ -> Optional.empty();
        };
    }

    @Override
    default Bytes peerRef() {
        return switch (this) {
            case Selected _, Ended _ -> Bytes.EMPTY;
            case LockReady swap -> swap.refB();
            case Cancelling swap -> swap.refB();
            case Locked swap -> swap.refB();
            case Revealing swap -> swap.refB();
            case Refunding swap -> swap.refB();
        };
    }

    @Override
    default boolean isOver() {
        return this instanceof Ended;
    }

    @Override
    default boolean reserves() {
        return this instanceof Selected || this instanceof LockReady || this instanceof Cancelling;
    }

    /// The next state, and what to do once it is on disk.
    static Step<SellerSwap> step(SellerSwap swap, SwapEvent event, Instant now) {
        return switch (swap) {
            case Selected selected -> step(selected, event, now);
            case LockReady ready -> step(ready, event, now);
            case Cancelling cancelling -> step(cancelling, event, now);
            case Locked locked -> step(locked, event, now);
            case Revealing revealing -> step(revealing, event, now);
            case Refunding refunding -> step(refunding, event, now);
            case Ended _ -> Step.to(swap); // Final.
        };
    }

    private static Step<SellerSwap> step(Selected swap, SwapEvent event, Instant now) {
        var deal = swap.deal();
        var over = now.isAfter(deal.terms().validUntil());
        return switch (event) {
            case SwapEvent.CounterSigned(var signed) when !over -> {
                var ready = new LockReady(deal.countersigned(signed), swap.lock(), Bytes.EMPTY);
                yield new Step<>(ready, sendLock(swap.lock()));
            }
            case SwapEvent.Looked _ when over -> ended(deal, Outcome.ABORTED);
            case SwapEvent.Looked _ ->
                    Step.to(
                            swap,
                            new Tell(
                                    new SwapMessage.Accept(
                                            deal.terms(), deal.sellerSigned(), deal.refA())));
            case SwapEvent.Withdrawn _ -> ended(deal, Outcome.ABORTED);
            default -> Step.to(swap);
        };
    }

    private static List<SwapAction> sendLock(SignedLock lock) {
        var actions = new ArrayList<SwapAction>();
        lock.steps().forEach(tx -> actions.add(new Send(Side.A, tx)));
        return actions;
    }

    private static Step<SellerSwap> ended(Deal deal, Outcome outcome) {
        return Step.to(new Ended(deal, outcome));
    }

    private static Step<SellerSwap> step(LockReady swap, SwapEvent event, Instant now) {
        return switch (event) {
            case SwapEvent.LockTold(var ref) ->
                    Step.to(new LockReady(swap.deal(), swap.lock(), ref));
            case SwapEvent.Looked(var a, var _) when a.isPresent() ->
                    looked(swap, a.get().lock(), now);
            default -> Step.to(swap);
        };
    }

    private static Step<SellerSwap> looked(LockReady swap, LockView a, Instant now) {
        var deal = swap.deal();
        return switch (a) {
            case LockView.Absent _, LockView.Pending _ ->
                    now.isAfter(deal.deadlines().lockABy())
                            ? cancel(new Cancelling(deal, swap.lock(), swap.refB()), now)
                            : new Step<>(swap, sendLock(swap.lock()));
            case LockView.Locked(var depth) ->
                    depth >= deal.terms().a().depth()
                            ? Step.to(new Locked(deal, swap.lock(), swap.refB()))
                            : Step.to(swap);
            case LockView.Lost(var depth) -> lost(swap, deal, depth);
            case LockView.Redeemed _, LockView.Refunded _ ->
                    Step.to(new Locked(deal, swap.lock(), swap.refB()));
        };
    }

    private static Step<SellerSwap> cancel(Cancelling swap, Instant now) {
        var deadlines = swap.deal().deadlines();
        var sends = new ArrayList<SwapAction>();
        Ladder.upTo(swap.lock().cancels(), deadlines.lockABy(), deadlines.lockBBy(), now)
                .forEach(tx -> sends.add(new Send(Side.A, tx)));
        return new Step<>(swap, sends);
    }

    private static Step<SellerSwap> lost(SellerSwap swap, Deal deal, int depth) {
        return depth >= deal.terms().a().depth() ? ended(deal, Outcome.ABORTED) : Step.to(swap);
    }

    private static Step<SellerSwap> step(Cancelling swap, SwapEvent event, Instant now) {
        if (!(event instanceof SwapEvent.Looked(var a, var _)) || a.isEmpty()) {
            return Step.to(swap);
        }
        var deal = swap.deal();
        return switch (a.get().lock()) {
            case LockView.Lost(var depth) -> lost(swap, deal, depth);
            case LockView.Locked(var depth) when depth < deal.terms().a().depth() -> Step.to(swap);
            case LockView.Locked _, LockView.Redeemed _, LockView.Refunded _ ->
                    Step.to(new Locked(deal, swap.lock(), swap.refB())); // It was faster.
            case LockView.Absent _, LockView.Pending _ -> cancel(swap, now);
        };
    }

    private static Step<SellerSwap> step(Locked swap, SwapEvent event, Instant now) {
        return switch (event) {
            case SwapEvent.LockTold(var ref) -> Step.to(new Locked(swap.deal(), swap.lock(), ref));
            case SwapEvent.RedeemSigned(var redeems) ->
                    reveal(
                            new Revealing(swap.deal(), swap.lock(), swap.refB(), redeems, false),
                            Optional.empty(),
                            now);
            case SwapEvent.Looked(var a, var b) -> looked(swap, a, b, now);
            default -> Step.to(swap);
        };
    }

    private static Step<SellerSwap> looked(
            Locked swap, Optional<Sight> a, Optional<Sight> b, Instant now) {
        var deal = swap.deal();
        if (a.isEmpty()) {
            return Step.to(swap);
        }
        var own = a.get().lock();
        if (own instanceof LockView.Redeemed) {
            return Step.to(swap, new SignRedeem(Side.B)); // Somebody knows the secret.
        }
        if (own instanceof LockView.Refunded
                || !a.get().tip().time().isBefore(deal.deadlines().refundA())) {
            return refund(new Refunding(deal, swap.lock(), swap.refB(), List.of()), now);
        }
        if (own instanceof LockView.Absent || own instanceof LockView.Pending) {
            return new Step<>(swap, sendLock(swap.lock())); // Our node, or the chain, lost blocks.
        }
        if (own instanceof LockView.Lost(var depth)) {
            return lost(swap, deal, depth);
        }
        return LockView.isLocked(own, deal.terms().a().depth())
                        && b.isPresent()
                        && LockView.isLocked(b.get().lock(), deal.terms().b().depth())
                        && !now.isAfter(deal.deadlines().revealBy())
                ? Step.to(swap, new SignRedeem(Side.B))
                : Step.to(swap);
    }

    private static Step<SellerSwap> refund(Refunding swap, Instant now) {
        var deadlines = swap.deal().deadlines();
        var until = deadlines.refundA().plus(deadlines.span());
        return Step.to(
                swap,
                new Send(
                        Side.A, Ladder.at(swap.lock().refunds(), deadlines.refundA(), until, now)));
    }

    /// The deadline is looked at each time, before the first sending as well as after a restart
    /// (R13): only what is public already is sent on and on.
    private static Step<SellerSwap> reveal(Revealing swap, Optional<LockView> b, Instant now) {
        var deadlines = swap.deal().deadlines();
        if (b.isPresent()
                        && !(b.get() instanceof LockView.Locked)
                        && !(b.get() instanceof LockView.Redeemed(var _, var depth) && depth == 0)
                || !swap.seen() && now.isAfter(deadlines.revealBy())) {
            return Step.to(swap);
        }
        return Step.to(
                swap,
                new Send(
                        Side.B,
                        Ladder.at(swap.redeems(), deadlines.revealBy(), deadlines.refundB(), now)));
    }

    private static Step<SellerSwap> step(Revealing swap, SwapEvent event, Instant now) {
        if (event instanceof SwapEvent.RedeemSigned(var redeems)) { // Anew.
            return reveal(swap.with(redeems, swap.seen()), Optional.empty(), now);
        }
        if (!(event instanceof SwapEvent.Looked(var a, var b))) {
            return Step.to(swap);
        }
        var deal = swap.deal();
        var own = a.map(Sight::lock);
        var other = b.map(Sight::lock);
        if (other.isPresent() && other.get() instanceof LockView.Redeemed(var secret, var depth)) {
            if (depth >= deal.terms().b().depth()) {
                return ended(deal, Outcome.SETTLED);
            }
            var seen = reveal(swap.with(swap.redeems(), true), other, now);
            return depth == 0
                    ? seen
                    : Step.to(seen.next(), new Tell(new SwapMessage.SecretIs(secret)));
        }
        if (own.isPresent() && own.get() instanceof LockView.Redeemed && !swap.seen()) {
            return reveal(swap.with(swap.redeems(), true), other, now);
        }
        var due = a.isPresent() && !a.get().tip().time().isBefore(deal.deadlines().refundA());
        return due && !(own.get() instanceof LockView.Redeemed)
                ? refund(new Refunding(deal, swap.lock(), swap.refB(), swap.redeems()), now)
                : ending(swap, own, other).orElseGet(() -> reveal(swap, other, now));
    }

    /// The buyer took both: too late for us.
    private static Optional<Step<SellerSwap>> ending(
            Revealing swap, Optional<LockView> own, Optional<LockView> other) {
        var terms = swap.deal().terms();
        return own.isPresent()
                        && own.get() instanceof LockView.Redeemed(var _, var depthA)
                        && depthA >= terms.a().depth()
                        && other.isPresent()
                        && other.get() instanceof LockView.Refunded(var depthB)
                        && depthB >= terms.b().depth()
                ? Optional.of(ended(swap.deal(), Outcome.LOST))
                : Optional.empty();
    }

    private static Step<SellerSwap> step(Refunding swap, SwapEvent event, Instant now) {
        if (event instanceof SwapEvent.RedeemSigned(var redeems)) {
            return reveal(
                    new Revealing(swap.deal(), swap.lock(), swap.refB(), redeems, true),
                    Optional.empty(),
                    now);
        }
        if (!(event instanceof SwapEvent.Looked(var a, var b)) || a.isEmpty()) {
            return Step.to(swap);
        }
        var deal = swap.deal();
        return switch (a.get().lock()) {
            case LockView.Refunded(var depth) when depth >= deal.terms().a().depth() ->
                    ended(deal, Outcome.REFUNDED);
            case LockView.Redeemed _ when swap.redeems().isEmpty() ->
                    Step.to(swap, new SignRedeem(Side.B));
            case LockView.Redeemed _ ->
                    reveal(
                            new Revealing(deal, swap.lock(), swap.refB(), swap.redeems(), true),
                            b.map(Sight::lock),
                            now);
            // There is nothing to take back: the chain lost it, or our node does not know it yet.
            case LockView.Absent _, LockView.Pending _ ->
                    cancel(new Cancelling(deal, swap.lock(), swap.refB()), now);
            case LockView.Lost(var depth) -> lost(swap, deal, depth);
            case LockView.Locked _, LockView.Refunded _ -> refund(swap, now);
        };
    }
}
