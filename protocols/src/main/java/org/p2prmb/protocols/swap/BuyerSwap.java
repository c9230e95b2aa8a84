package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;
import org.p2prmb.protocols.swap.SwapAction.Send;
import org.p2prmb.protocols.swap.SwapAction.SignLock;
import org.p2prmb.protocols.swap.SwapAction.SignRedeem;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapAction.Tell;
import org.p2prmb.protocols.swap.SwapEvent.Sight;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The buyer's side of one swap: it locks second, and learns the secret from the chain. The records
/// are the states; [#step] is the whole protocol (docs/swap.md).
///
/// ```text
/// Countersigned --A buried--> LockReady --in a block--> Locked --secret--> SecretKnown --> Ended
///       |                         |                       |                    ^
///       v                         v                       v                    |
///     Ended                   Cancelling              Refunding ---------------+
/// ```
@Pure
public sealed interface BuyerSwap extends Swap {
    /// We have signed.
    record Countersigned(Deal deal) implements BuyerSwap {}

    /// Our lock may be on its way.
    ///
    /// @param presigned what redeems the seller's lock, but for the secret
    record LockReady(Deal deal, SignedLock lock, List<SignedTx> presigned) implements BuyerSwap {
        public LockReady {
            presigned = SignedTx.ladder(presigned);
        }
    }

    /// It came too late; its inputs are spent otherwise.
    record Cancelling(Deal deal, SignedLock lock, List<SignedTx> presigned) implements BuyerSwap {
        public Cancelling {
            presigned = SignedTx.ladder(presigned);
        }
    }

    /// It is in a block, and the seller may redeem it.
    record Locked(Deal deal, SignedLock lock, List<SignedTx> presigned) implements BuyerSwap {
        public Locked {
            presigned = SignedTx.ladder(presigned);
        }
    }

    /// The seller's lock is ours to redeem.
    ///
    /// @param redeems that do it; empty until they are signed
    record SecretKnown(
            Deal deal,
            SignedLock lock,
            List<SignedTx> presigned,
            Secret secret,
            List<SignedTx> redeems)
            implements BuyerSwap {
        public SecretKnown {
            presigned = SignedTx.ladder(presigned);
            redeems = SignedTx.ladder(redeems);
        }
    }

    /// We take our lock back, and still look for the secret.
    record Refunding(Deal deal, SignedLock lock, List<SignedTx> presigned) implements BuyerSwap {
        public Refunding {
            presigned = SignedTx.ladder(presigned);
        }
    }

    record Ended(Deal deal, Outcome outcome) implements BuyerSwap {}

    @Override
    default Side own() {
        return Side.B;
    }

    @Override
    default Optional<SignedLock> signedLock() {
        return switch (this) {
            case Countersigned _, Ended _ -> Optional.empty();
            case LockReady swap -> Optional.of(swap.lock());
            case Cancelling swap -> Optional.of(swap.lock());
            case Locked swap -> Optional.of(swap.lock());
            case SecretKnown swap -> Optional.of(swap.lock());
            case Refunding swap -> Optional.of(swap.lock());
        };
    }

    @Override
    default Bytes peerRef() {
        return deal().refA();
    }

    @Override
    default boolean isOver() {
        return this instanceof Ended;
    }

    @Override
    default boolean reserves() {
        return this instanceof Countersigned
                || this instanceof LockReady
                || this instanceof Cancelling;
    }

    /// The next state, and what to do once it is on disk.
    static Step<BuyerSwap> step(BuyerSwap swap, SwapEvent event, Instant now) {
        return switch (swap) {
            case Countersigned signed -> step(signed, event, now);
            case LockReady ready -> step(ready, event, now);
            case Cancelling cancelling -> step(cancelling, event, now);
            case Locked locked -> step(locked, event, now);
            case SecretKnown known -> step(known, event, now);
            case Refunding refunding -> step(refunding, event, now);
            case Ended _ -> Step.to(swap); // Final.
        };
    }

    private static Step<BuyerSwap> step(Countersigned swap, SwapEvent event, Instant now) {
        var deal = swap.deal();
        return switch (event) {
            case SwapEvent.Looked _ when now.isAfter(deal.deadlines().fundBBy()) ->
                    ended(deal, Outcome.ABORTED);
            case SwapEvent.Looked(var a, var _) when isBuried(deal, a) ->
                    Step.to(swap, new SignLock());
            case SwapEvent.Looked _ ->
                    Step.to(swap, new Tell(new SwapMessage.CounterSign(deal.buyerSigned())));
            case SwapEvent.LockSigned(var lock, var presigned) ->
                    Step.to(new LockReady(deal, lock, presigned));
            case SwapEvent.Withdrawn _ -> ended(deal, Outcome.ABORTED);
            default -> Step.to(swap);
        };
    }

    private static Step<BuyerSwap> ended(Deal deal, Outcome outcome) {
        return Step.to(new Ended(deal, outcome));
    }

    private static boolean isBuried(Deal deal, Optional<Sight> a) {
        return a.isPresent() && LockView.isLocked(a.get().lock(), deal.terms().a().depth());
    }

    private static Step<BuyerSwap> step(LockReady swap, SwapEvent event, Instant now) {
        if (!(event instanceof SwapEvent.Looked(var a, var b)) || b.isEmpty()) {
            return Step.to(swap);
        }
        var deal = swap.deal();
        return switch (b.get().lock()) {
            case LockView.Absent _, LockView.Pending _ -> {
                if (now.isAfter(deal.deadlines().fundBBy())) {
                    yield cancel(new Cancelling(deal, swap.lock(), swap.presigned()), now);
                }
                // Before each sending: the seller's lock is still there, and buried.
                yield isBuried(deal, a) ? new Step<>(swap, sendLock(swap.lock())) : Step.to(swap);
            }
            case LockView.Locked _, LockView.Redeemed _, LockView.Refunded _ ->
                    Step.to(
                            new Locked(deal, swap.lock(), swap.presigned()),
                            new Tell(new SwapMessage.LockB(swap.lock().ref())));
            case LockView.Lost(var depth) -> lost(swap, deal, depth);
        };
    }

    private static List<SwapAction> sendLock(SignedLock lock) {
        var actions = new ArrayList<SwapAction>();
        lock.steps().forEach(tx -> actions.add(new Send(Side.B, tx)));
        actions.add(new Tell(new SwapMessage.LockB(lock.ref())));
        return actions;
    }

    private static Step<BuyerSwap> cancel(Cancelling swap, Instant now) {
        var deadlines = swap.deal().deadlines();
        var sends = new ArrayList<SwapAction>();
        Ladder.upTo(swap.lock().cancels(), deadlines.fundBBy(), deadlines.refundB(), now)
                .forEach(tx -> sends.add(new Send(Side.B, tx)));
        return new Step<>(swap, sends);
    }

    private static Step<BuyerSwap> lost(BuyerSwap swap, Deal deal, int depth) {
        return depth >= deal.terms().b().depth() ? ended(deal, Outcome.ABORTED) : Step.to(swap);
    }

    private static Step<BuyerSwap> step(Cancelling swap, SwapEvent event, Instant now) {
        if (!(event instanceof SwapEvent.Looked(var _, var b)) || b.isEmpty()) {
            return Step.to(swap);
        }
        var deal = swap.deal();
        return switch (b.get().lock()) {
            case LockView.Lost(var depth) -> lost(swap, deal, depth);
            case LockView.Locked _, LockView.Redeemed _, LockView.Refunded _ ->
                    Step.to(new Locked(deal, swap.lock(), swap.presigned())); // It was faster.
            case LockView.Absent _, LockView.Pending _ -> cancel(swap, now);
        };
    }

    private static Step<BuyerSwap> step(Locked swap, SwapEvent event, Instant now) {
        var deal = swap.deal();
        return switch (event) {
            case SwapEvent.SecretTold(var secret) when secret.opens(deal.terms().hash()) ->
                    known(deal, swap.lock(), swap.presigned(), secret);
            case SwapEvent.Looked(var _, var b) when b.isPresent() -> looked(swap, b.get(), now);
            default -> Step.to(swap);
        };
    }

    private static Step<BuyerSwap> known(
            Deal deal, SignedLock lock, List<SignedTx> presigned, Secret secret) {
        return Step.to(
                new SecretKnown(deal, lock, presigned, secret, List.of()), new SignRedeem(Side.A));
    }

    private static Step<BuyerSwap> looked(Locked swap, Sight b, Instant now) {
        var deal = swap.deal();
        var refundable = !b.tip().time().isBefore(deal.deadlines().refundB());
        return switch (b.lock()) {
            case LockView.Redeemed(var secret, var _) ->
                    known(deal, swap.lock(), swap.presigned(), secret);
            case LockView.Refunded _ -> Step.to(new Refunding(deal, swap.lock(), swap.presigned()));
            case LockView.Locked _ ->
                    refundable
                            ? refund(new Refunding(deal, swap.lock(), swap.presigned()), now)
                            : Step.to(swap, new Tell(new SwapMessage.LockB(swap.lock().ref())));
            // Our node, or the chain, lost blocks.
            case LockView.Absent _, LockView.Pending _, LockView.Lost _ ->
                    Step.to(new LockReady(deal, swap.lock(), swap.presigned()));
        };
    }

    private static Step<BuyerSwap> refund(Refunding swap, Instant now) {
        var deadlines = swap.deal().deadlines();
        return Step.to(
                swap,
                new Send(
                        Side.B,
                        Ladder.at(
                                swap.lock().refunds(),
                                deadlines.refundB(),
                                deadlines.refundA(),
                                now)));
    }

    private static Step<BuyerSwap> step(SecretKnown swap, SwapEvent event, Instant now) {
        var deal = swap.deal();
        return switch (event) {
            case SwapEvent.RedeemSigned(var redeems) -> {
                var signed =
                        new SecretKnown(
                                deal, swap.lock(), swap.presigned(), swap.secret(), redeems);
                yield redeem(signed, now);
            }
            case SwapEvent.Looked _ when swap.redeems().isEmpty() ->
                    Step.to(swap, new SignRedeem(Side.A));
            case SwapEvent.Looked(var a, var b) when a.isPresent() ->
                    looked(swap, a.get().lock(), b.map(Sight::lock), now);
            default -> Step.to(swap);
        };
    }

    private static Step<BuyerSwap> redeem(SecretKnown swap, Instant now) {
        var deadlines = swap.deal().deadlines();
        return Step.to(
                swap,
                new Send(
                        Side.A,
                        Ladder.at(swap.redeems(), deadlines.revealBy(), deadlines.refundA(), now)));
    }

    private static Step<BuyerSwap> looked(
            SecretKnown swap, LockView a, Optional<LockView> b, Instant now) {
        var deal = swap.deal();
        int depth = deal.terms().a().depth();
        return switch (a) {
            case LockView.Redeemed(var _, var has) when has >= depth ->
                    ended(deal, Outcome.SETTLED);
            case LockView.Refunded(var has) when has >= depth -> missed(swap, b, now);
            default -> redeem(swap, now);
        };
    }

    /// The seller has its coins back: ours we may still have.
    private static Step<BuyerSwap> missed(SecretKnown swap, Optional<LockView> b, Instant now) {
        if (b.isEmpty()) {
            return Step.to(swap);
        }
        int depth = swap.deal().terms().b().depth();
        return switch (b.get()) {
            case LockView.Refunded(var has) when has >= depth ->
                    ended(swap.deal(), Outcome.REFUNDED);
            case LockView.Redeemed(var _, var has) when has >= depth ->
                    ended(swap.deal(), Outcome.LOST);
            default ->
                    Step.to(
                            swap,
                            refund(new Refunding(swap.deal(), swap.lock(), swap.presigned()), now)
                                    .actions()
                                    .getFirst());
        };
    }

    private static Step<BuyerSwap> step(Refunding swap, SwapEvent event, Instant now) {
        var deal = swap.deal();
        return switch (event) {
            case SwapEvent.SecretTold(var secret) when secret.opens(deal.terms().hash()) ->
                    known(deal, swap.lock(), swap.presigned(), secret);
            case SwapEvent.Looked(var _, var b) when b.isPresent() ->
                    switch (b.get().lock()) {
                        case LockView.Refunded(var depth) when depth >= deal.terms().b().depth() ->
                                ended(deal, Outcome.REFUNDED);
                        case LockView.Redeemed(var secret, var _) ->
                                known(deal, swap.lock(), swap.presigned(), secret);
                        // The chain lost it, or our node does not know it yet.
                        case LockView.Absent _, LockView.Pending _, LockView.Lost _ ->
                                Step.to(new LockReady(deal, swap.lock(), swap.presigned()));
                        case LockView.Locked _, LockView.Refunded _ -> refund(swap, now);
                    };
            default -> Step.to(swap);
        };
    }
}
