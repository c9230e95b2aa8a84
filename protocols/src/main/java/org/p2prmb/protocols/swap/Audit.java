package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Deadlines.Margins;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the buyer looks at before it signs a contract. It rebuilds what it can and compares; it
/// never takes the seller's word for what its own node knows.
public final class Audit {
    private Audit() {}

    /// What was agreed when the lot was sold.
    ///
    /// @param index of our own parties in the two legs
    public record Sold(
            Bytes window,
            Asset a,
            BigInteger amountA,
            Asset b,
            BigInteger amountB,
            long usdCents,
            long index) {}

    /// Why the contract must not be signed; nothing when it may be.
    ///
    /// @param refA what the seller says that its lock will be called
    public static Optional<String> objection(
            Terms terms, Bytes refA, Sold sold, Ledger a, Ledger b, Margins margins, Instant now)
            throws LedgerException {
        if (!terms.window().equals(sold.window())
                || !isSold(terms.a(), sold.a(), sold.amountA())
                || !isSold(terms.b(), sold.b(), sold.amountB())
                || terms.usdCents() != sold.usdCents()) {
            return Optional.of("other terms than were agreed");
        }
        if (!terms.a().redeemTo().equals(a.party(sold.index()))
                || !terms.b().refundTo().equals(b.party(sold.index()))) {
            return Optional.of("our own keys are not in it");
        }
        if (!terms.a().template().equals(a.template(sold.a()))
                || !terms.b().template().equals(b.template(sold.b()))) {
            return Optional.of("locks are made by something that we do not know");
        }
        if (!b.bindsSecretSize()) {
            return Optional.of("our lock would open to what opens none of the seller's");
        }
        if (!now.isBefore(terms.validUntil())
                || now.isBefore(terms.created().minus(margins.skew()))) {
            return Optional.of("it is over, or from the future");
        }
        if (!terms.deadlines().keep(terms.created(), margins)) {
            return Optional.of("its deadlines are too tight, or too long");
        }
        for (var unfit : List.of(a.unfit(terms.a()), b.unfit(terms.b()))) {
            if (unfit.isPresent()) {
                return unfit;
            }
        }
        return a.predict(terms.a(), terms.hash()).filter(ref -> !ref.equals(refA)).isPresent()
                ? Optional.of("the name of its lock is wrong")
                : Optional.empty();
    }

    private static boolean isSold(Leg leg, Asset asset, BigInteger amount) {
        return leg.asset().equals(asset) && leg.amount().equals(amount);
    }
}
