package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.Wire;
import org.p2prmb.protocols.wire.SwapWire;
import org.p2prmb.protocols.wire.SwapWire.SwapStage;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/// The states of swaps as the journal keeps them.
public final class SwapCodec {
    private SwapCodec() {}

    public static Bytes encode(Swap swap, Timeline timeline) {
        var deal = swap.deal();
        var wire =
                SwapWire.SwapState.newBuilder()
                        .setTerms(TermsCodec.terms(deal.terms()))
                        .setIndex(deal.index())
                        .setRefA(Wire.field(deal.refA()))
                        .setSellerSigned(Wire.field(deal.sellerSigned()))
                        .setBuyerSigned(Wire.field(deal.buyerSigned()))
                        .setSinceA(deal.sinceA())
                        .setSinceB(deal.sinceB());
        switch (swap) {
            case SellerSwap seller -> encode(seller, wire);
            case BuyerSwap buyer -> encode(buyer, wire);
        }
        timeline.moments()
                .forEach(moment ->
                        wire.addMoments(
                                SwapWire.SwapMoment.newBuilder()
                                        .setStage(moment.stage().number())
                                        .setAt(moment.at().toEpochMilli())));
        return Wire.encode(wire.build());
    }

    private static void encode(SellerSwap swap, SwapWire.SwapState.Builder wire) {
        switch (swap) {
            case SellerSwap.Selected(var _, var lock) ->
                    wire.setStage(SwapStage.SELLER_SELECTED).setLock(lock(lock));
            case SellerSwap.LockReady(var _, var lock, var refB) ->
                    seller(wire, SwapStage.SELLER_LOCK_READY, lock, refB);
            case SellerSwap.Cancelling(var _, var lock, var refB) ->
                    seller(wire, SwapStage.SELLER_CANCELLING, lock, refB);
            case SellerSwap.Locked(var _, var lock, var refB) ->
                    seller(wire, SwapStage.SELLER_LOCKED, lock, refB);
            case SellerSwap.Revealing(var _, var lock, var refB, var redeems, var seen) ->
                    seller(wire, SwapStage.SELLER_REVEALING, lock, refB)
                            .addAllRedeems(txs(redeems))
                            .setSeen(seen);
            case SellerSwap.Refunding(var _, var lock, var refB, var redeems) ->
                    seller(wire, SwapStage.SELLER_REFUNDING, lock, refB)
                            .addAllRedeems(txs(redeems));
            case SellerSwap.Ended(var _, var outcome) ->
                    wire.setStage(SwapStage.SELLER_ENDED).setOutcome(outcome.number());
        }
    }

    private static SwapWire.SwapState.Builder seller(
            SwapWire.SwapState.Builder wire, SwapStage stage, SignedLock lock, Bytes refB) {
        return wire.setStage(stage).setLock(lock(lock)).setRefB(Wire.field(refB));
    }

    private static void encode(BuyerSwap swap, SwapWire.SwapState.Builder wire) {
        switch (swap) {
            case BuyerSwap.Countersigned _ -> wire.setStage(SwapStage.BUYER_COUNTERSIGNED);
            case BuyerSwap.LockReady(var _, var lock, var presigned) ->
                    buyer(wire, SwapStage.BUYER_LOCK_READY, lock, presigned);
            case BuyerSwap.Cancelling(var _, var lock, var presigned) ->
                    buyer(wire, SwapStage.BUYER_CANCELLING, lock, presigned);
            case BuyerSwap.Locked(var _, var lock, var presigned) ->
                    buyer(wire, SwapStage.BUYER_LOCKED, lock, presigned);
            case BuyerSwap.SecretKnown(var _, var lock, var presigned, var secret, var redeems) ->
                    buyer(wire, SwapStage.BUYER_SECRET_KNOWN, lock, presigned)
                            .setSecret(Wire.field(secret.value()))
                            .addAllRedeems(txs(redeems));
            case BuyerSwap.Refunding(var _, var lock, var presigned) ->
                    buyer(wire, SwapStage.BUYER_REFUNDING, lock, presigned);
            case BuyerSwap.Ended(var _, var outcome) ->
                    wire.setStage(SwapStage.BUYER_ENDED).setOutcome(outcome.number());
        }
    }

    private static SwapWire.SwapState.Builder buyer(
            SwapWire.SwapState.Builder wire,
            SwapStage stage,
            SignedLock lock,
            List<SignedTx> presigned) {
        return wire.setStage(stage).setLock(lock(lock)).addAllPresigned(txs(presigned));
    }

    private static SwapWire.SwapLock lock(SignedLock lock) {
        return SwapWire.SwapLock.newBuilder()
                .setRef(Wire.field(lock.ref()))
                .addAllSteps(txs(lock.steps()))
                .addAllInputs(lock.inputs().stream().map(Wire::field).toList())
                .addAllRefunds(txs(lock.refunds()))
                .addAllCancels(txs(lock.cancels()))
                .setSince(lock.since())
                .build();
    }

    private static List<SwapWire.SwapTx> txs(List<SignedTx> txs) {
        return txs.stream()
                .map(tx ->
                        SwapWire.SwapTx.newBuilder()
                                .setId(Wire.field(tx.id()))
                                .setBytes(Wire.field(tx.bytes()))
                                .setFee(tx.fee())
                                .build())
                .toList();
    }

    /// Throws [ProtocolException] when it is no state that this release knows.
    public static Swap decode(Bytes encoded) throws ProtocolException {
        return Wire.decode(SwapWire.SwapState.parser(), encoded, SwapCodec::swap);
    }

    /// When the swap entered its states; those of other releases are left out.
    public static Timeline timeline(Bytes encoded) throws ProtocolException {
        return Wire.decode(
                SwapWire.SwapState.parser(),
                encoded,
                wire ->
                        new Timeline(
                                wire.getMomentsList().stream()
                                        .flatMap(SwapCodec::moment)
                                        .toList()));
    }

    private static Stream<Timeline.Moment> moment(SwapWire.SwapMoment wire) {
        return Stage.of(wire.getStage()).stream()
                .map(stage -> new Timeline.Moment(stage, Instant.ofEpochMilli(wire.getAt())));
    }

    private static Swap swap(SwapWire.SwapState wire) throws ProtocolException {
        var deal =
                new Deal(
                        TermsCodec.terms(wire.getTerms()),
                        wire.getIndex(),
                        Wire.bytes(wire.getRefA()),
                        Wire.bytes(wire.getSellerSigned()),
                        Wire.bytes(wire.getBuyerSigned()),
                        wire.getSinceA(),
                        wire.getSinceB());
        var refB = Wire.bytes(wire.getRefB());
        var presigned = txs(wire.getPresignedList());
        var redeems = txs(wire.getRedeemsList());
        return switch (wire.getStage()) {
            case SELLER_SELECTED -> new SellerSwap.Selected(deal, lock(wire));
            case SELLER_LOCK_READY -> new SellerSwap.LockReady(deal, lock(wire), refB);
            case SELLER_CANCELLING -> new SellerSwap.Cancelling(deal, lock(wire), refB);
            case SELLER_LOCKED -> new SellerSwap.Locked(deal, lock(wire), refB);
            case SELLER_REVEALING ->
                    new SellerSwap.Revealing(deal, lock(wire), refB, redeems, wire.getSeen());
            case SELLER_REFUNDING -> new SellerSwap.Refunding(deal, lock(wire), refB, redeems);
            case SELLER_ENDED -> new SellerSwap.Ended(deal, outcome(wire.getOutcome()));
            case BUYER_COUNTERSIGNED -> new BuyerSwap.Countersigned(deal);
            case BUYER_LOCK_READY -> new BuyerSwap.LockReady(deal, lock(wire), presigned);
            case BUYER_CANCELLING -> new BuyerSwap.Cancelling(deal, lock(wire), presigned);
            case BUYER_LOCKED -> new BuyerSwap.Locked(deal, lock(wire), presigned);
            case BUYER_SECRET_KNOWN ->
                    new BuyerSwap.SecretKnown(
                            deal,
                            lock(wire),
                            presigned,
                            new Secret(Wire.bytes(wire.getSecret())),
                            redeems);
            case BUYER_REFUNDING -> new BuyerSwap.Refunding(deal, lock(wire), presigned);
            case BUYER_ENDED -> new BuyerSwap.Ended(deal, outcome(wire.getOutcome()));
            case SWAP_STAGE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new ProtocolException("a stage that this release does not know");
        };
    }

    private static Outcome outcome(int number) throws ProtocolException {
        for (var outcome : Outcome.values()) {
            if (outcome.number() == number) {
                return outcome;
            }
        }
        throw new ProtocolException("an outcome that this release does not know");
    }

    private static List<SignedTx> txs(Collection<SwapWire.SwapTx> wire) {
        return wire.stream()
                .map(tx ->
                        new SignedTx(
                                Wire.bytes(tx.getId()), Wire.bytes(tx.getBytes()), tx.getFee()))
                .toList();
    }

    private static SignedLock lock(SwapWire.SwapState wire) {
        var lock = wire.getLock();
        return new SignedLock(
                Wire.bytes(lock.getRef()),
                txs(lock.getStepsList()),
                lock.getInputsList().stream().map(Wire::bytes).toList(),
                txs(lock.getRefundsList()),
                txs(lock.getCancelsList()),
                lock.getSince());
    }
}
