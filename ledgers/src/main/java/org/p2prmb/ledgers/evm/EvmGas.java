package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SignedTx;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What the gas accounts of a wallet can pay, and which of them has what.
final class EvmGas {
    /// An account that cannot pay for its work at so many doublings of today's fee is low. So a
    /// base fee that has risen tenfold leaves room for a ladder of that day's, which begins at
    /// twice its base fee.
    static final int DOUBLINGS = 4;

    private final EvmNode node;
    private final EvmSettings settings;
    private final EvmKeys keys;

    EvmGas(EvmNode node, EvmSettings settings, EvmKeys keys) {
        this.node = node;
        this.settings = settings;
        this.keys = keys;
    }

    /// An account that is to redeem.
    ///
    /// @param nonce the next number that nothing else has
    /// @param waits whether something is before it that no block holds yet
    /// @param gas what it has, but no more than a busy day takes
    record Redeemer(EvmKey key, long nonce, boolean waits, BigInteger gas) {}

    static long gas(Leg leg) {
        return EvmSigner.isToken(leg) ? EvmSigner.GAS_END_TOKEN : EvmSigner.GAS_END;
    }

    static BigInteger needed(EvmPrice price, long gas) throws LedgerException {
        return BigInteger.valueOf(price.doubled(DOUBLINGS).of(gas));
    }

    private BigInteger needed(Leg leg) throws LedgerException {
        return needed(EvmPrice.now(node.latest().baseFee(), settings.tip()), gas(leg));
    }

    /// Why what ends the lock of this leg could not be paid for, see [EvmLedger#unpayable].
    Optional<String> unpayable(Leg leg, int others) throws LedgerException {
        boolean isOurs = leg.refundTo().equals(keys.fundingAddress());
        if (!isOurs && !leg.redeemTo().equals(keys.fundingAddress())) {
            return Optional.empty();
        }
        var needed = needed(leg);
        int able = 0;
        for (int number = 0; number < settings.gasAccounts(); number++) {
            var account = isOurs ? keys.refunderAddress(number) : keys.redeemerAddress(number);
            able += node.balance(account).compareTo(needed) >= 0 ? 1 : 0;
        }
        return able > others
                ? Optional.empty()
                : Optional.of(
                        "no gas for the %s on %s: %d accounts have the %s that it may take, and"
                                        .formatted(
                                                isOurs ? "refund" : "redeem",
                                                settings.chain(),
                                                able,
                                                needed)
                                + " %d open swaps need one each".formatted(others));
    }

    /// Of those that no open lock has, the first that can pay for a refund.
    int refunder(Leg leg, long index, List<Bytes> reserved) throws LedgerException {
        var needed = needed(leg);
        int free = 0;
        for (int tried = 0; tried < settings.gasAccounts(); tried++) {
            int number = number(index, tried);
            var account = keys.refunderAddress(number);
            if (Nonce.of(account, reserved).isEmpty()) {
                free++;
                if (node.balance(account).compareTo(needed) >= 0) {
                    return number;
                }
            }
        }
        throw new LedgerException(
                free == 0
                        ? "%d locks are open here, which are as many as there are gas accounts"
                                .formatted(settings.gasAccounts())
                        : "none of %d free gas accounts has the %s that a refund may take"
                                .formatted(free, needed));
    }

    /// The first of those that can pay at all, that wait for nothing, and that can pay on a busy
    /// day, in this order.
    ///
    /// @param taken numbers that redeems have which may not be sent yet
    Redeemer redeemer(Leg leg, long index, List<Nonce> taken) throws LedgerException {
        var price = EvmPrice.now(node.latest().baseFee(), settings.tip());
        var today = BigInteger.valueOf(price.of(gas(leg)));
        var busy = needed(price, gas(leg));
        var redeemers = new ArrayList<Redeemer>();
        for (int tried = 0; tried < settings.gasAccounts(); tried++) {
            redeemers.add(redeemer(number(index, tried), taken, busy));
        }
        return Collections.max(
                redeemers,
                Comparator.comparing((Redeemer one) -> one.gas().compareTo(today) >= 0)
                        .thenComparing(one -> !one.waits())
                        .thenComparing(Redeemer::gas));
    }

    private Redeemer redeemer(int number, List<Nonce> taken, BigInteger busy)
            throws LedgerException {
        var key = keys.redeemer(number);
        long confirmed = node.nonce(key.address());
        long next = Math.max(confirmed, node.pendingNonce(key.address()));
        for (var nonce : taken) {
            if (nonce.account().equals(key.address())) {
                next = Math.max(next, nonce.number() + 1);
            }
        }
        var gas = node.balance(key.address()).min(busy);
        return new Redeemer(key, next, next > confirmed, gas);
    }

    /// Whether a redeem that was signed with this key will never be in a block: its number is used
    /// up or another swap's, nothing comes that has the numbers before it, or the account cannot
    /// pay for it.
    boolean isSpoilt(EvmKey key, SignedTx redeem, List<Nonce> taken) throws LedgerException {
        var account = key.address();
        long number = EvmTx.of(redeem).nonce();
        long next = Math.max(node.nonce(account), node.pendingNonce(account));
        long before =
                taken.stream()
                        .filter(nonce -> nonce.account().equals(account))
                        .mapToLong(Nonce::number)
                        .filter(taking -> taking >= next && taking < number)
                        .distinct()
                        .count();
        boolean isTaken =
                taken.stream()
                        .anyMatch(nonce ->
                                nonce.account().equals(account) && nonce.number() == number);
        return node.nonce(account) > number
                || isTaken
                || number - next > before
                || node.balance(account).compareTo(BigInteger.valueOf(redeem.fee())) < 0;
    }

    /// What these redeems of ours are numbered with; those of accounts that we use no more are left
    /// out.
    List<Nonce> nonces(List<SignedTx> redeems) throws LedgerException {
        var nonces = new ArrayList<Nonce>();
        for (var redeem : redeems) {
            var key = signer(redeem);
            if (key.isPresent()) {
                nonces.add(new Nonce(key.get().address(), EvmTx.of(redeem).nonce(), redeem.id()));
            }
        }
        return nonces;
    }

    /// Which redeemer signed it: that whose signature, always the same for the same, is this one.
    Optional<EvmKey> signer(SignedTx redeem) throws LedgerException {
        var tx = EvmTx.of(redeem);
        for (int number = 0; number < settings.gasAccounts(); number++) {
            var key = keys.redeemer(number);
            if (tx.sign(settings.chainId(), key).equals(redeem)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    private int number(long index, int tried) {
        return (int) Math.floorMod(index + tried, (long) settings.gasAccounts());
    }
}
