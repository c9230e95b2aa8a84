package org.p2prmb.node.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.config.SwapConfig;
import org.p2prmb.node.swap.Expectations.Expected;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.swap.Amount;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage.Accept;
import org.p2prmb.protocols.swap.Terms;

import java.math.BigInteger;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Makes the contracts by which we sell, and audits and countersigns those by which we buy. One
/// owner; whatever it refuses is an `IllegalArgumentException` in the owner's words.
final class Notary {
    private final KeyPair keys;
    private final PromptLedgers ledgers;
    private final Chains chains;
    private final SwapConfig config;

    Notary(KeyPair keys, PromptLedgers ledgers, Chains chains, SwapConfig config) {
        this.keys = keys;
        this.ledgers = ledgers;
        this.chains = chains;
        this.config = config;
    }

    /// What a sale is about.
    ///
    /// @param redeemTo the buyer's party on the chain of leg A
    /// @param refundTo the buyer's party on the chain of leg B
    record Sale(Audit.Sold sold, PeerId buyer, Bytes redeemTo, Bytes refundTo) {}

    /// A contract of ours, signed, with its lock.
    ///
    /// @param index ours, fresh
    /// @param aside by other swaps: its inputs the lock must not spend
    SellerSwap.Selected made(Sale sale, long index, SetAside aside, Instant now)
            throws LedgerException {
        var sold = sale.sold();
        var a = ledgers.of(sold.a().chain());
        var b = ledgers.of(sold.b().chain());
        requireClock(a, now);
        requireClock(b, now);
        var secret =
                chains.secrets()
                        .secret(index)
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "the wallet is locked: unlock it to sell"));
        requireRoom(sold.b(), sold.amountB(), aside);
        int depthA = config.depth(sold.a().chain(), sold.usdCents());
        int depthB = config.depth(sold.b().chain(), sold.usdCents());
        var margins = LockTime.margins(config, a, depthA, b, depthB, sold.usdCents());
        var created = now.truncatedTo(ChronoUnit.SECONDS);
        var deadlines = Deadlines.of(created, margins);
        if (!deadlines.keep(created, margins)) {
            throw new IllegalArgumentException(
                    "coins would be locked until %s, which is longer than %d days"
                            .formatted(deadlines.refundA(), Deadlines.LOCKED_MAX.toDays()));
        }
        var legA =
                new Leg(
                        sold.a(),
                        sold.amountA(),
                        a.template(sold.a()),
                        sale.redeemTo(),
                        a.party(index),
                        deadlines.refundA(),
                        depthA);
        var legB =
                new Leg(
                        sold.b(),
                        sold.amountB(),
                        b.template(sold.b()),
                        b.party(index),
                        sale.refundTo(),
                        deadlines.refundB(),
                        depthB);
        requireFit(a, legA);
        requireFit(b, legB);
        var terms =
                new Terms(
                        sold.window(),
                        keys.peerId(),
                        sale.buyer(),
                        legA,
                        legB,
                        secret.hash(),
                        deadlines,
                        sold.usdCents(),
                        created,
                        created.plus(config.handling()));
        long sinceA = a.tip().height();
        long sinceB = b.tip().height();
        var lock = a.sign(legA, terms.hash(), index, aside.inputs());
        return new SellerSwap.Selected(
                new Deal(
                        terms,
                        index,
                        lock.ref(),
                        sign(terms, lock.ref()),
                        Bytes.EMPTY,
                        sinceA,
                        sinceB),
                lock);
    }

    private static void requireClock(Ledger ledger, Instant now) throws LedgerException {
        refuse(ClockCheck.against(ledger, now));
    }

    private static void refuse(Optional<String> objection) {
        if (objection.isPresent()) {
            throw new IllegalArgumentException(objection.get());
        }
    }

    private static void requireFit(Ledger ledger, Leg leg) throws LedgerException {
        refuse(ledger.unfit(leg));
    }

    /// What a contract brings may be held.
    private void requireRoom(Asset asset, BigInteger units, SetAside aside) throws LedgerException {
        HoldMax.require(new Amount(asset, units), chains.holdMax(asset), ledgers::of, aside);
    }

    private Bytes sign(Terms terms, Bytes refA) {
        return Deal.sign(terms, refA, keys, Signatures.REAL);
    }

    /// The contract that the seller sent, countersigned.
    ///
    /// Throws [ProtocolException] when the seller did not sign it.
    ///
    /// @param aside by other swaps
    BuyerSwap.Countersigned countersigned(
            Accept accept, Expected expected, SetAside aside, Instant now)
            throws LedgerException, ProtocolException {
        var terms = accept.terms();
        var sold = expected.sold();
        Deal.verify(terms, accept.refA(), terms.seller(), accept.signed(), Signatures.REAL);
        var a = ledgers.of(sold.a().chain());
        var b = ledgers.of(sold.b().chain());
        requireClock(a, now);
        requireClock(b, now);
        refuse(ClockCheck.against(terms, expected.since(), now));
        requireRoom(sold.a(), sold.amountA(), aside);
        // By our own nodes at the depths of the terms, which in turn must not be less than ours.
        int depthA = terms.a().depth();
        int depthB = terms.b().depth();
        var margins = LockTime.margins(config, a, depthA, b, depthB, sold.usdCents());
        refuse(Audit.objection(terms, accept.refA(), sold, a, b, margins, now));
        requireDepth(terms.a(), sold.usdCents());
        requireDepth(terms.b(), sold.usdCents());
        refuse(LockTime.of(config, a, b, sold.usdCents()).objection(terms, b, now));
        return new BuyerSwap.Countersigned(
                new Deal(
                        terms,
                        sold.index(),
                        accept.refA(),
                        accept.signed(),
                        sign(terms, accept.refA()),
                        a.tip().height(),
                        b.tip().height()));
    }

    private void requireDepth(Leg leg, long usdCents) {
        int least = config.depth(leg.asset().chain(), usdCents);
        if (leg.depth() < least) {
            throw new IllegalArgumentException(
                    "the lock on %s would count after %d blocks, we ask for %d"
                            .formatted(leg.asset().chain(), leg.depth(), least));
        }
    }
}
