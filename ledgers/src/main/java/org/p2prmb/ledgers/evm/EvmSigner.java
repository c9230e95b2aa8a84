package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Redemption;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// Signs locks and what ends them; sends nothing.
///
/// The funding account has one lock at most that no block holds yet, so a stuck one delays nothing
/// but itself. Each open lock has a gas account, from which nothing is sent while it is open but
/// its refund.
final class EvmSigner {
    // More than twice what Htlc.sol uses with a plain token (docs/ledgers.md): others are clumsier.
    static final long GAS_LOCK = 250_000;
    static final long GAS_LOCK_TOKEN = 350_000;
    static final long GAS_APPROVE = 100_000;
    static final long GAS_END = 150_000;
    static final long GAS_END_TOKEN = 250_000;
    private static final long GAS_NOTHING = 21_000;

    /// Each of twice the fee before: the last one pays 128 times what the day asks.
    private static final int RUNGS = 8;

    private final EvmNode node;
    private final EvmSettings settings;
    private final EvmKeys keys;
    private final Htlc contract;
    private final EvmGas gas;

    EvmSigner(EvmNode node, EvmSettings settings, EvmKeys keys, EvmGas gas) {
        this.node = node;
        this.settings = settings;
        this.keys = keys;
        this.contract = new Htlc(settings.chainId(), settings.contract());
        this.gas = gas;
    }

    static boolean isToken(Leg leg) {
        return isToken(leg.asset());
    }

    private static boolean isToken(Asset asset) {
        return asset.token().size() > 0;
    }

    /// Of a redeem or a refund, whose account's gas may end its ladder before.
    static BigInteger endFeeMax(EvmPrice price, Asset asset) {
        long gas = isToken(asset) ? GAS_END_TOKEN : GAS_END;
        return price.doubled(RUNGS - 1).most().multiply(BigInteger.valueOf(gas));
    }

    SignedLock lock(Leg leg, Bytes hash, long index, List<Bytes> reserved) throws LedgerException {
        var key = keys.funding();
        var tip = node.latest();
        var price = EvmPrice.now(tip.baseFee(), settings.tip());
        long first = freeNonce(node, key.address(), reserved);
        var refunder = keys.refunder(gas.refunder(leg, index, reserved));
        var steps = new ArrayList<SignedTx>();
        var inputs = new ArrayList<Bytes>();
        if (isToken(leg)) {
            steps.add(approve(first, price, leg, leg.amount()).sign(settings.chainId(), key));
        }
        steps.add(lock(first + steps.size(), price, leg, hash).sign(settings.chainId(), key));
        for (int step = 0; step < steps.size(); step++) {
            inputs.add(new Nonce(key.address(), first + step, steps.get(step).id()).encoded());
        }
        var ref = contract.id(leg, hash);
        long nonce = node.nonce(refunder.address());
        var refunds = ending(refunder, nonce, price, leg, Htlc.refund(ref));
        inputs.add(new Nonce(refunder.address(), nonce, refunds.getFirst().id()).encoded());
        return new SignedLock(
                ref, steps, inputs, refunds, cancels(first, price, leg), tip.number());
    }

    /// The ladder that redeems.
    List<SignedTx> redeem(Redemption redemption, List<SignedTx> taken) throws LedgerException {
        var leg = redemption.leg();
        var call = Htlc.redeem(redemption.ref(), redemption.secret());
        var price = EvmPrice.now(node.latest().baseFee(), settings.tip());
        var redeemer = gas.redeemer(leg, redemption.index(), gas.nonces(taken));
        return ending(redeemer.key(), redeemer.nonce(), price, leg, call);
    }

    /// A saved ladder, a longer one, or another one; see [EvmLedger#renew].
    List<SignedTx> renew(Redemption redemption, List<SignedTx> saved, List<SignedTx> taken)
            throws LedgerException {
        var first = saved.getFirst();
        var key = gas.signer(first);
        if (key.isEmpty() || gas.isSpoilt(key.get(), first, gas.nonces(taken))) {
            return redeem(redemption, taken);
        }
        if (saved.size() == RUNGS) {
            return saved;
        }
        var tx = EvmTx.of(first);
        var longer = ending(key.get(), tx.nonce(), tx.price(), redemption.leg(), tx.data());
        return longer.size() > saved.size() ? longer : saved;
    }

    /// The next number of the account that locks, which no other lock may still need.
    static long freeNonce(EvmNode node, Bytes account, List<Bytes> reserved)
            throws LedgerException {
        long next = node.nonce(account);
        for (var nonce : Nonce.of(account, reserved)) {
            if (nonce.number() >= next) {
                throw new LedgerException("another lock of this account waits for its block");
            }
        }
        if (node.pendingNonce(account) != next) {
            throw new LedgerException("another transaction of this account waits for its block");
        }
        return next;
    }

    private EvmTx lock(long nonce, EvmPrice price, Leg leg, Bytes hash) {
        return new EvmTx(
                nonce,
                price,
                isToken(leg) ? GAS_LOCK_TOKEN : GAS_LOCK,
                settings.contract(),
                isToken(leg) ? BigInteger.ZERO : leg.amount(),
                Htlc.lock(leg, hash));
    }

    private EvmTx approve(long nonce, EvmPrice price, Leg leg, BigInteger amount) {
        return new EvmTx(
                nonce,
                price,
                GAS_APPROVE,
                leg.asset().token(),
                BigInteger.ZERO,
                Erc20.approve(settings.contract(), amount));
    }

    /// Takes the place of the lock; with a token by turns that of the step before it, after which
    /// the lock fails for want of an allowance.
    private List<SignedTx> cancels(long first, EvmPrice price, Leg leg) throws LedgerException {
        var key = keys.funding();
        var cancels = new ArrayList<SignedTx>();
        boolean token = isToken(leg);
        // With a token eight times the fee at each turn: so fees grow through both kinds.
        for (int times = 1; times < RUNGS; times += token ? 3 : 1) {
            var more = price.doubled(times);
            var nothing =
                    new EvmTx(
                            token ? first + 1 : first,
                            more,
                            GAS_NOTHING,
                            key.address(),
                            BigInteger.ZERO,
                            Bytes.EMPTY);
            cancels.add(nothing.sign(settings.chainId(), key));
            if (token) {
                cancels.add(
                        approve(first, more, leg, BigInteger.ZERO).sign(settings.chainId(), key));
            }
        }
        return cancels;
    }

    /// A redeem or a refund with growing fees, as far as the account can pay them.
    private List<SignedTx> ending(EvmKey key, long nonce, EvmPrice price, Leg leg, Bytes data)
            throws LedgerException {
        long limit = EvmGas.gas(leg);
        var gasMoney = node.balance(key.address());
        var ladder = new ArrayList<SignedTx>();
        for (int times = 0; times < RUNGS; times++) {
            var more = price.doubled(times);
            if (BigInteger.valueOf(more.of(limit)).compareTo(gasMoney) > 0) {
                break;
            }
            ladder.add(
                    new EvmTx(nonce, more, limit, settings.contract(), BigInteger.ZERO, data)
                            .sign(settings.chainId(), key));
        }
        if (ladder.isEmpty()) {
            throw new LedgerException(
                    "the gas account 0x%s has %s, and %s are needed"
                            .formatted(key, gasMoney, price.of(limit)));
        }
        return List.copyOf(ladder);
    }
}
