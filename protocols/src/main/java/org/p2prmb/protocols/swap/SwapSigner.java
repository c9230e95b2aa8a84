package org.p2prmb.protocols.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.SwapEngine.Ledgers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Signs the locks and redeems that swaps ask for, and says aloud, once for each, what stands in
/// the way. One owner.
final class SwapSigner {
    private static final Logger log = LoggerFactory.getLogger(SwapSigner.class);

    private final Ledgers ledgers;
    private final Secrets secrets;
    private final Funds funds;

    /// What could not be signed at the last try.
    private final Set<Failure> failures = new HashSet<>();

    private record Failure(Bytes swap, SwapAction action) {}

    SwapSigner(Ledgers ledgers, Secrets secrets, Funds funds) {
        this.ledgers = ledgers;
        this.secrets = secrets;
        this.funds = funds;
    }

    void forget(Bytes id) {
        failures.removeIf(failure -> failure.swap().equals(id));
    }

    /// The buyer's lock. The last line of defence: once it is sent the seller may redeem it, and we
    /// must be able to do the same.
    Optional<SwapEvent> lock(Swap swap) throws LedgerException {
        if (!mayLock(swap)) {
            return Optional.empty();
        }
        var deal = swap.deal();
        var terms = deal.terms();
        var inputs = funds.reservations().inputs();
        var lock = ledger(terms.b()).sign(terms.b(), terms.hash(), deal.index(), inputs);
        var presigned =
                ledger(terms.a()).presignRedeem(terms.a(), terms.hash(), deal.refA(), deal.index());
        return Optional.of(new SwapEvent.LockSigned(lock, presigned));
    }

    /// Whether what ends the locks of this swap can be paid for.
    boolean mayLock(Swap swap) throws LedgerException {
        var failure = new Failure(swap.deal().terms().id(), new SwapAction.SignLock());
        var why = funds.unpayable(swap, other -> other.signedLock().isPresent());
        if (why.isPresent()) {
            fail(failure, "swap {} is not locked: {}", why.get());
            return false;
        }
        failures.remove(failure);
        return true;
    }

    private Ledger ledger(Leg leg) throws LedgerException {
        return ledgers.of(leg.asset().chain());
    }

    private void fail(Failure failure, String complaint, String why) {
        if (failures.add(failure)) {
            log.warn(complaint, failure.swap().toHex(), why);
        }
    }

    /// What redeems a lock that is still there, when what is saved for it has to be signed anew.
    Optional<SwapEvent> renewed(Swap swap) {
        boolean redeems =
                swap instanceof BuyerSwap.SecretKnown || swap instanceof SellerSwap.Revealing;
        var secret = secret(swap);
        if (!redeems || swap.redeems().isEmpty() || secret.isEmpty()) {
            return Optional.empty();
        }
        var side = swap.own() == Side.A ? Side.B : Side.A;
        var deal = swap.deal();
        var failure = new Failure(deal.terms().id(), new SwapAction.SignRedeem(side));
        try {
            var renewed =
                    ledger(deal.leg(side))
                            .renew(
                                    redemption(swap, side, secret.get()),
                                    swap.redeems(),
                                    funds.redeems(swap));
            failures.remove(failure);
            if (renewed.equals(swap.redeems())) {
                return Optional.empty();
            }
            log.info("the redeem of swap {} is signed anew", failure.swap().toHex());
            return Optional.of(new SwapEvent.RedeemSigned(renewed));
        } catch (LedgerException e) {
            fail(failure, "the redeem of swap {} is not good: {}", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Secret> secret(Swap swap) {
        return swap instanceof BuyerSwap.SecretKnown known
                ? Optional.of(known.secret())
                : secrets.secret(swap.deal().index());
    }

    private static Redemption redemption(Swap swap, Side side, Secret secret) {
        var deal = swap.deal();
        return new Redemption(deal.leg(side), swap.ref(side), secret, deal.index());
    }

    /// What redeems the lock on this side. Nobody but the owner can help when it cannot be signed.
    Optional<SwapEvent> redeem(Swap swap, Side side) {
        var deal = swap.deal();
        var failure = new Failure(deal.terms().id(), new SwapAction.SignRedeem(side));
        var secret = secret(swap);
        if (secret.isEmpty()) {
            fail(failure, "the redeem of swap {} waits: {}", "the keys are locked");
            return Optional.empty();
        }
        try {
            var redeems =
                    ledger(deal.leg(side))
                            .redeem(
                                    redemption(swap, side, secret.get()),
                                    swap.presigned(),
                                    funds.redeems(swap));
            failures.remove(failure);
            return Optional.of(new SwapEvent.RedeemSigned(redeems));
        } catch (LedgerException e) {
            fail(failure, "the redeem of swap {} waits: {}", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
